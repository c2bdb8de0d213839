package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Prober;
import java.util.concurrent.TimeUnit;

/** Asks over the connections that a channel has anyhow. Servers that do not know the question are asked once for each connection. */
final class GrpcProber implements Prober {
    static final GrpcProber INSTANCE = new GrpcProber();

    /** Later answers speak of another time. */
    private static final long PATIENCE_MILLIS = 100;

    private GrpcProber() {}

    @Override
    public void probe(EndpointView endpoint, Answers answers) {
        if (endpoint instanceof ConnectedMember member) {
            Channel channel = member.streams().probed();
            if (channel != null) {
                ask(channel, member, answers);
            }
        }
    }

    private static void ask(Channel channel, ConnectedMember member, Answers answers) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        ClientCall<LoadProbe, LoadProbe> call = channel.newCall(LoadProbe.METHOD, options);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(LoadProbe answer) {
                        answers.answered(member, answer.inFlight(), answer.latencyNanos());
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
                            member.streams().probeNoMore(channel);
                        }
                    }
                },
                new Metadata());
        call.request(2); // One to take, and one more for the end, as stubs do for unary calls.
        call.sendMessage(LoadProbe.QUESTION);
        call.halfClose();
    }
}
