package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which endpoint served a call, for the program's interceptors and for observers. */
class GrpcServedByTest {
    private final List<String> observed = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
            observed.add(endpoint.pod() + " " + endpoint.locality().zone());
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    /** The example of the documentation. */
    private record Logging(Consumer<String> log) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            ServedBy served = ServedBy.of(options);
            ClientCall<Q, R> call = next.newCall(method, options.withOption(MeshChannels.SERVED_BY, served));
            return new SimpleForwardingClientCall<>(call) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    Endpoint endpoint = served.endpoint();
                                    log.accept(status.getCode() + " from "
                                            + (endpoint == null ? "nobody" : endpoint.pod()));
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                }
            };
        }
    }

    private static Endpoint pod(TestBackend backend, String name) {
        return backend.endpoint()
                .withId("uid-" + name + ":8080")
                .withPod(name)
                .withLocality(new Locality("node-1", "zone-a"));
    }

    @Test
    void an_interceptor_and_observers_learn_the_pod_that_answered() throws Exception {
        door.publish(pod(door.backend(), "orders-7"));
        List<String> log = new CopyOnWriteArrayList<>();
        Channel channel = ClientInterceptors.intercept(
                door.channel(GrpcDoor.ORDERS), new Logging(log::add), new Logging(log::add));

        ClientCalls.blockingUnaryCall(channel, TestBackend.UNSAFE, CallOptions.DEFAULT, "hello");

        assertThat(log).containsExactly("OK from orders-7", "OK from orders-7");
        assertThat(observed).containsExactly("orders-7 zone-a");
    }

    @Test
    void of_two_attempts_it_is_the_one_that_answered() throws Exception {
        TestBackend failing = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException())));
        door.publish(pod(failing, "failing"), pod(door.backend(), "good"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");

        for (int i = 0; i < 10; i++) {
            ServedBy served = new ServedBy();
            GrpcDoor.call(
                    channel, TestBackend.IDEMPOTENT, CallOptions.DEFAULT.withOption(MeshChannels.SERVED_BY, served));
            assertThat(served.endpoint()).isNotNull().extracting(Endpoint::pod).isEqualTo("good");
        }
        assertThat(failing.calls()).isPositive();
    }

    @Test
    void an_error_tells_who_said_it_and_a_call_that_got_nowhere_nobody() throws Exception {
        TestBackend refusing = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.NOT_FOUND.asRuntimeException())));
        door.publish(pod(refusing, "orders-1"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        ServedBy served = new ServedBy();
        assertThatThrownBy(() -> GrpcDoor.call(
                        channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withOption(MeshChannels.SERVED_BY, served)))
                .hasMessageContaining("NOT_FOUND");
        assertThat(served.endpoint()).isNotNull().extracting(Endpoint::pod).isEqualTo("orders-1");

        door.cluster.publish("k8s:///empty.shop:grpc");
        ServedBy nobody = new ServedBy();
        assertThatThrownBy(() -> GrpcDoor.call(
                        door.channel("k8s:///empty.shop:grpc"),
                        TestBackend.UNSAFE,
                        CallOptions.DEFAULT.withOption(MeshChannels.SERVED_BY, nobody)))
                .hasMessageContaining("NO_ENDPOINTS");
        assertThat(nobody.endpoint()).isNull();
    }
}
