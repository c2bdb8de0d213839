package io.inmesh.api;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of a request, in the words that balancing needs. Constants where there is nothing to carry. */
public sealed interface Outcome {

    /** Answered. */
    Outcome SUCCESS = new Success();

    /** Answered, and the caller was at fault (4xx, INVALID_ARGUMENT ...): the endpoint did its job. */
    Outcome CLIENT_ERROR = new ClientError();

    /** The caller gave up, or a hedge was lost: says nothing about the endpoint. */
    Outcome CANCELLED = new Cancelled();

    /** Our own deadline passed without an answer. */
    Outcome TIMEOUT = new Timeout();

    /** The endpoint said it is overloaded, and not for how long. */
    Outcome OVERLOADED = new Overloaded(null);

    /** Where a failure came from. */
    enum Origin {
        /** The endpoint answered with a failure of its own (500, INTERNAL, DATA_LOSS). */
        EXTERNAL,
        /** The endpoint, or something before it, said that it cannot serve now (502, 503, 504, UNAVAILABLE). */
        GATEWAY,
        /** No answer at all: connect, TLS, reset. */
        LOCAL
    }

    /** What the endpoint may have seen of the request; decides whether repeating it is safe. */
    enum Delivery {
        /** Nothing was sent. */
        NOT_SENT,
        /** Something was sent and the peer proved that it did not process it (REFUSED_STREAM, GOAWAY above the last stream). */
        NOT_PROCESSED,
        /** It may have been processed. */
        SENT
    }

    /**
     * True if the endpoint answered and is not to blame: it did what it was asked, or said what is wrong with the request. All else is a failure, a timeout, an
     * overload, or says nothing of the endpoint.
     */
    static boolean isAnswer(Outcome outcome) {
        // No default method: with one, two threads that load this and one of its records could wait for each other.
        return outcome instanceof Success || outcome instanceof ClientError;
    }

    /** See {@link #SUCCESS}. */
    record Success() implements Outcome {}

    /** See {@link #CLIENT_ERROR}. */
    record ClientError() implements Outcome {}

    /** See {@link #CANCELLED}. */
    record Cancelled() implements Outcome {}

    /** See {@link #TIMEOUT}. */
    record Timeout() implements Outcome {}

    /**
     * The endpoint asks for less (429, RESOURCE_EXHAUSTED, pushback).
     *
     * @param retryAfter how long it wants to be spared, or null if it did not say; negative = the request is not to be sent again
     */
    record Overloaded(@Nullable Duration retryAfter) implements Outcome {}

    /**
     * The request failed.
     *
     * @param origin where the failure came from
     * @param delivery what the endpoint may have seen of the request
     * @param retryAfter how long the endpoint wants to be spared, which others need not wait for; null if it did not say, negative = the
     *     request is not to be sent again
     */
    record Failure(
            Origin origin, Delivery delivery, @Nullable Duration retryAfter) implements Outcome {
        /** The first two are required. */
        public Failure {
            Objects.requireNonNull(origin, "origin");
            Objects.requireNonNull(delivery, "delivery");
        }

        /** One of which the endpoint said no more. */
        public Failure(Origin origin, Delivery delivery) {
            this(origin, delivery, null);
        }
    }

    /** A failure from that origin. */
    static Outcome failure(Origin origin, Delivery delivery) {
        return new Failure(origin, delivery);
    }
}
