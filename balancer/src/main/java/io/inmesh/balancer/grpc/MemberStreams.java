package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.config.RequestPart;
import org.jspecify.annotations.Nullable;

/**
 * How streams come to a member, and what they are listened to for. The pick results, and in them the factories of tracers, are made once with the
 * subchannel, so that a pick allocates nothing.
 *
 * <p>Threads: the channel's synchronization context, but for picks, and for streams that are made.
 */
final class MemberStreams {
    private final ConnectedMember member;
    private final OutcomeClassifier classifier;

    private LoadHearing hearing = LoadHearing.NONE;

    /** Read by calls that a fault held up. */
    private volatile @Nullable Subchannel leading;

    /** Over what it is asked how loaded it is; null while there is no connection, or once it has said that it does not know. */
    private volatile @Nullable Channel probed;

    /** Where sessions have their token. Read by streams as they are made: either answer is harmless while it changes. */
    private volatile @Nullable RequestPart token;

    /** Written with the subchannel, before a picker that holds the member is published; read by picks. */
    private volatile Results results = Results.NONE;

    /** One for each way in which calls take time. */
    private record Results(PickResult single, PickResult stream, PickResult conversation) {
        static final Results NONE =
                new Results(PickResult.withNoResult(), PickResult.withNoResult(), PickResult.withNoResult());
    }

    MemberStreams(ConnectedMember member, OutcomeClassifier classifier) {
        this.member = member;
        this.classifier = classifier;
    }

    /** Where calls of such methods go. On any thread. */
    PickResult pickResult(MethodType type) {
        Results now = results;
        return switch (Pace.of(type)) {
            case SINGLE -> now.single;
            case STREAM -> now.stream;
            case CONVERSATION -> now.conversation;
        };
    }

    /** What they are to be listened to for, from now on, if there is a connection. */
    void obey(LoadHearing newHearing, @Nullable RequestPart newToken) {
        token = newToken;
        if (!newHearing.equals(hearing)) {
            hearing = newHearing;
            Subchannel to = leading;
            if (to != null) {
                listen(to);
            }
        }
    }

    /** They go there from now on. */
    void lead(Subchannel to) {
        leading = to;
        listen(to);
        // gRPC's own way to speak to one endpoint past the picker; its load reports go the same.
        probed = to.asChannel();
    }

    /** The connection is closed behind those that run. */
    void end() {
        leading = null;
        probed = null;
    }

    /** True if there is a connection, or a way to one. On any thread. */
    boolean lead() {
        return leading != null;
    }

    /** What streams of such methods there have in common. */
    Place placeOf(MethodType type) {
        return new Place(member, Pace.of(type), classifier);
    }

    /** Where to ask how loaded the member is; null: nowhere. On any thread. */
    @Nullable
    Channel probed() {
        return probed;
    }

    /** The server over there knows no such question. On any thread. */
    void probeNoMore(Channel asked) {
        if (probed == asked) {
            probed = null;
        }
    }

    private void listen(Subchannel to) {
        results = new Results(resultFor(to, Pace.SINGLE), resultFor(to, Pace.STREAM), resultFor(to, Pace.CONVERSATION));
        hearing.askOutOfBand(to, member);
    }

    private PickResult resultFor(Subchannel to, Pace pace) {
        return PickResult.withSubchannel(to, hearing.withAnswers(new Tracers(pace), member));
    }

    /** Lets every stream count on the member. */
    private final class Tracers extends ClientStreamTracer.Factory {
        private final Place place;

        private Tracers(Pace pace) {
            this.place = new Place(member, pace, classifier);
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            member.noteUse();
            CallAttempts attempts = CallAttempts.of(info.getCallOptions());
            boolean repeat = attempts != null && attempts.isBeside(headers);
            ClientStreamTracer tracer =
                    attempts == null ? lone(info.getCallOptions()) : CallAttempt.of(place, attempts, headers);
            RequestPart carrier = token;
            return carrier == null ? tracer : TokenReturn.around(tracer, carrier, headers, member.endpoint(), repeat);
        }

        private ClientStreamTracer lone(CallOptions options) {
            CallSession session = options.getOption(MeshChannels.SESSION);
            if (session != null) {
                session.servedBy(member.endpoint());
            }
            return LoneStream.of(place, options);
        }
    }
}
