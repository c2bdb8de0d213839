package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.inmesh.api.Endpoint;
import io.inmesh.balancer.check.Check;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.CheckConfig;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GrpcHealthCheckTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final HealthStatusManager health = new HealthStatusManager();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = server(true);
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private Server server(boolean knowsHealth) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(LOOPBACK, 0));
        if (knowsHealth) {
            builder.addService(health.getHealthService());
        }
        return builder.build().start();
    }

    /** Asks as the settings say: "well", or what speaks against it. */
    private static String ask(Map<String, String> settings, int port) throws InterruptedException {
        Check check = new GrpcHealthMaker().make(BalancerConfig.of(settings).check());
        try {
            check.ask(Endpoint.of(LOOPBACK.getHostAddress(), port)).get();
            return "well";
        } catch (ExecutionException e) {
            return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    @Test
    @DisplayName("without a transport it is refused where it is made, and not question by question")
    void a_missing_transport_is_told_at_once() throws Exception {
        List<URL> rest = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.matches(".*(grpc-netty|grpc-okhttp|grpc-xds|grpc-inprocess|netty-shaded).*")) {
                rest.add(new File(entry).toURI().toURL());
            }
        }
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader without =
                new URLClassLoader(rest.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(without); // By which gRPC finds transports.
            Class<?> config = without.loadClass(CheckConfig.class.getName());
            Class<?> maker = without.loadClass(GrpcHealthMaker.class.getName());
            Object off = config.getField("OFF").get(null);
            Object made = maker.getConstructor().newInstance();
            assertThatThrownBy(() -> maker.getMethod("make", config).invoke(made, off))
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("check.mode: grpc")
                    .hasMessageContaining("a transport such as io.grpc:grpc-netty");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void who_says_serving_is_well() throws Exception {
        assertThat(ask(Map.of("check.mode", "grpc"), server.getPort())).isEqualTo("well");
        health.setStatus("", ServingStatus.NOT_SERVING);
        assertThat(ask(Map.of("check.mode", "grpc"), server.getPort())).isEqualTo("it says NOT_SERVING");
    }

    @Test
    void one_service_of_a_server_may_be_meant() throws Exception {
        Map<String, String> settings = Map.of("check.mode", "grpc", "check.service", "shop.Orders");
        assertThat(ask(settings, server.getPort())).startsWith("NOT_FOUND");
        health.setStatus("shop.Orders", ServingStatus.SERVING);
        assertThat(ask(settings, server.getPort())).isEqualTo("well");
    }

    @Test
    void a_server_without_the_protocol_is_well_as_for_grpc_itself() throws Exception {
        Server mute = server(false);
        try {
            assertThat(ask(Map.of("check.mode", "grpc"), mute.getPort())).isEqualTo("well");
        } finally {
            mute.shutdownNow();
        }
    }

    @Test
    void who_does_not_accept_a_connection_is_not_well() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            port = socket.getLocalPort();
        }
        assertThat(ask(Map.of("check.mode", "grpc"), port)).startsWith("UNAVAILABLE");
    }

    @Test
    void a_question_that_is_taken_back_ends_its_connection() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, LOOPBACK)) {
            var question = new GrpcHealthCheck("").ask(Endpoint.of(LOOPBACK.getHostAddress(), silent.getLocalPort()));
            try (var connection = silent.accept()) {
                connection.setSoTimeout(30_000);
                question.cancel(true);
                assertThat(catchThrowable(() -> {
                            while (connection.getInputStream().read() >= 0) {
                                // HTTP/2's greeting; then the end of the stream.
                            }
                        }))
                        .isNull();
            }
        }
    }
}
