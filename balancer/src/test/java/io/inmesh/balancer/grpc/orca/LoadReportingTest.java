package io.inmesh.balancer.grpc.orca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadReport;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.grpc.MeshChannels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that reports and a client that goes by it, both of ours, over sockets. */
class LoadReportingTest {
    private static final String ORDERS = "k8s:///orders.shop:grpc";
    private static final MethodDescriptor<String, String> CALL = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("test.Orders/call")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    private final List<LoadReport> heard = new CopyOnWriteArrayList<>();

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh =
            Mesh.builder().resolvers(cluster).prober(MeshChannels.prober()).build();
    private final List<Runnable> atEnd = new ArrayList<>();

    @AfterEach
    void close() {
        atEnd.forEach(Runnable::run);
        mesh.close();
    }

    private record Text() implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Answers at once, but leaves "wait" alone, fails at "fail" and throws at "throw". */
    private static final class Backend {
        final AtomicInteger calls = new AtomicInteger();
        final List<StreamObserver<String>> waiting = new CopyOnWriteArrayList<>();
        private final Server server;

        Backend(LoadReporting reporting, Consumer<Runnable> atEnd) throws IOException {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(ServerServiceDefinition.builder("test.Orders")
                            .addMethod(CALL, ServerCalls.asyncUnaryCall(this::answer))
                            .build())
                    .addService(reporting.probes())
                    .intercept(reporting)
                    .build()
                    .start();
            atEnd.accept(server::shutdownNow);
        }

        private void answer(String request, StreamObserver<String> answer) {
            calls.incrementAndGet();
            if (request.equals("wait")) {
                waiting.add(answer);
            } else if (request.equals("fail")) {
                answer.onError(Status.INTERNAL.asRuntimeException());
            } else if (request.equals("throw")) {
                throw new IllegalStateException("a mistake of the application");
            } else {
                answer.onNext(request);
                answer.onCompleted();
            }
        }

        Endpoint endpoint() {
            return Endpoint.of("127.0.0.1", server.getPort());
        }
    }

    /** The example of the documentation. */
    static Server reporting(BindableService orders, ThreadPoolExecutor workers) {
        LoadReporting load = LoadReporting.of(() -> workers.getActiveCount() / (double) workers.getMaximumPoolSize());
        Server server = Grpc.newServerBuilderForPort(8080, InsecureServerCredentials.create())
                .addService(orders)
                .addService(load.probes())
                .intercept(load)
                .build();
        return server;
    }

    private ManagedChannel channel(String target) {
        ManagedChannel channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .setNameResolverArg(MeshChannels.MESH, mesh)
                .build();
        atEnd.add(0, channel::shutdownNow);
        return channel;
    }

    /** Calls, and hears the report in the answer. */
    private void call(ManagedChannel channel, String message) {
        ClientStreamTracer.Factory listening = new OrcaReports().withAnswers(new NoTracers(), heard::add);
        ClientCalls.blockingUnaryCall(channel, CALL, CallOptions.DEFAULT.withStreamTracerFactory(listening), message);
    }

    private static final class NoTracers extends ClientStreamTracer.Factory {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {};
        }
    }

    private static ClientCall<String, String> begin(ManagedChannel channel) {
        ClientCall<String, String> call = channel.newCall(CALL, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage("wait");
        call.halfClose();
        call.request(1);
        return call;
    }

    /** What one backend says while calls are made to it. */
    private List<LoadReport> reportsOf(LoadReporting reporting, Consumer<ManagedChannel> calls) throws Exception {
        Backend backend = new Backend(reporting, atEnd::add);
        cluster.publish(ORDERS, backend.endpoint());
        calls.accept(channel(ORDERS));
        return heard;
    }

    @Test
    void every_answer_says_how_loaded_its_server_is() throws Exception {
        List<LoadReport> reports = reportsOf(LoadReporting.of(() -> 0.25), channel -> {
            for (int i = 0; i < 4; i++) {
                call(channel, "hello");
            }
            try {
                call(channel, "fail");
            } catch (StatusRuntimeException expected) {
                assertThat(expected.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
            }
            call(channel, "hello");
        });

        assertThat(reports).hasSize(6);
        LoadReport last = reports.get(5);
        assertThat(last.applicationUtilization()).isEqualTo(0.25);
        assertThat(last.requestsPerSecond()).isPositive();
        assertThat(last.errorsPerSecond()).isPositive().isLessThan(last.requestsPerSecond());
        assertThat(last.requestsInFlight()).isZero();
        assertThat(last.latency()).isPositive();
        assertThat(last.utilizations()).isEmpty();
        assertThat(reports.get(3).errorsPerSecond()).isZero();
    }

    @Test
    void a_handler_that_throws_is_a_request_and_an_error() throws Exception {
        List<LoadReport> reports = reportsOf(LoadReporting.measured(), channel -> {
            call(channel, "hello");
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, CALL, CallOptions.DEFAULT, "throw"))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            error -> assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN));
            await().until(() -> {
                call(channel, "hello");
                return heard.get(heard.size() - 1).requestsInFlight() == 0;
            });
        });

        LoadReport last = reports.get(reports.size() - 1);
        assertThat(last.errorsPerSecond()).isPositive().isLessThan(last.requestsPerSecond());
        assertThat(last.requestsInFlight()).isZero();
    }

    @Test
    void what_is_in_flight_counts_until_it_is_taken_back() throws Exception {
        List<LoadReport> reports = reportsOf(LoadReporting.measured(), channel -> {
            List<ClientCall<String, String>> waiting = List.of(begin(channel), begin(channel), begin(channel));
            await().until(() -> {
                call(channel, "hello");
                return heard.get(heard.size() - 1).requestsInFlight() == 3;
            });
            waiting.forEach(each -> each.cancel("enough", null));
            await().until(() -> {
                call(channel, "hello");
                return heard.get(heard.size() - 1).requestsInFlight() == 0;
            });
        });

        assertThat(reports).allSatisfy(report -> assertThat(report.applicationUtilization())
                .isZero());
    }

    @Test
    void a_utilization_that_nobody_can_tell_loses_no_answer() throws Exception {
        List<LoadReport> reports = reportsOf(
                LoadReporting.of(() -> {
                    throw new IllegalStateException("no pool");
                }),
                channel -> {
                    call(channel, "hello");
                    call(channel, "hello");
                });

        assertThat(reports).hasSize(2).allSatisfy(report -> {
            assertThat(report.applicationUtilization()).isZero();
            assertThat(report.requestsPerSecond()).isPositive();
        });
    }

    @Test
    void prequal_places_calls_by_what_servers_answer_of_everybodys_requests() throws Exception {
        Backend idle = new Backend(LoadReporting.measured(), atEnd::add);
        Backend busy = new Backend(LoadReporting.measured(), atEnd::add);
        cluster.publish("k8s:///busy.shop:grpc", busy.endpoint());
        ManagedChannel somebodyElse = channel("k8s:///busy.shop:grpc");
        for (int i = 0; i < 50; i++) {
            begin(somebodyElse);
        }
        await().until(() -> busy.waiting.size() == 50);
        cluster.publish(ORDERS, idle.endpoint(), busy.endpoint());
        ManagedChannel channel = channel(ORDERS + "?policy=prequal");

        // Its own counts, all that least-request would know, are alike. Until the first probes are answered it draws.
        await().until(() -> {
            int idleBefore = idle.calls.get();
            int busyBefore = busy.calls.get();
            for (int i = 0; i < 100; i++) {
                call(channel, "hello");
            }
            return idle.calls.get() - idleBefore > 2 * (busy.calls.get() - busyBefore);
        });
        assertThat(heard.get(heard.size() - 1).requestsInFlight())
                .as("probes count for nothing")
                .isIn(0, 50);
    }

    @Test
    void weights_follow_what_two_servers_report() throws Exception {
        Backend half = new Backend(LoadReporting.of(() -> 0.9), atEnd::add);
        Backend whole = new Backend(LoadReporting.of(() -> 0.3), atEnd::add);
        cluster.publish(ORDERS, half.endpoint(), whole.endpoint());
        ManagedChannel channel =
                channel(ORDERS + "?policy=wrr&weight.source=reports&weight.blackout=off&weight.period=100ms");

        // Requests a second follow the weights that they make, so that shares go apart until one has nearly all.
        await().until(() -> {
            int halfBefore = half.calls.get();
            int wholeBefore = whole.calls.get();
            for (int i = 0; i < 100; i++) {
                call(channel, "hello");
            }
            return whole.calls.get() - wholeBefore > 2 * (half.calls.get() - halfBefore);
        });
        assertThat(Map.of("half", half.calls.get(), "whole", whole.calls.get())).doesNotContainValue(0);
    }
}
