package io.inmesh.balancer.grpc;

import io.grpc.MethodDescriptor.MethodType;

/** What the time that a call takes says of its endpoint. */
enum Pace {
    /** One message, one answer: it took that long. */
    SINGLE,
    /** The first message came after so long; the rest takes as long as it takes. */
    STREAM,
    /** Nothing: the caller goes on speaking, and is answered when there is something to answer to. */
    CONVERSATION;

    static Pace of(MethodType type) {
        return switch (type) {
            case UNARY -> SINGLE;
            case SERVER_STREAMING, UNKNOWN -> STREAM;
            case CLIENT_STREAMING, BIDI_STREAMING -> CONVERSATION;
        };
    }
}
