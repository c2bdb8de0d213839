package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.endpoints.web.exposure.include=inmesh,health")
class EveryClientTest {
    private static final HttpServer POD = pod();
    private static final Server GRPC = grpc();

    @Autowired
    private Orders orders;

    @Autowired
    private WebClient.Builder webClients;

    @Autowired
    private GrpcChannelFactory channels;

    @LocalServerPort
    private int port;

    private static HttpServer pod() {
        try {
            HttpServer pod = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            pod.createContext("/orders", exchange -> {
                byte[] host = exchange.getRequestHeaders().getFirst("Host").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, host.length);
                exchange.getResponseBody().write(host);
                exchange.close();
            });
            pod.start();
            return pod;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Server grpc() {
        try {
            return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(new HealthStatusManager().getHealthService())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @DynamicPropertySource
    static void services(DynamicPropertyRegistry properties) {
        properties.add("inmesh.services.orders.shop.endpoints", () -> "127.0.0.1:" + POD.getAddress().getPort());
        properties.add("inmesh.services.bills.shop.endpoints", () -> "127.0.0.1:" + GRPC.getPort());
    }

    @AfterAll
    static void stop() {
        POD.stop(0);
        GRPC.shutdownNow();
    }

    @Test
    void every_client_reaches_a_service_by_its_name_on_this_boot_and_the_actuator_shows_it() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("boot"));
        assertThat(orders.all()).isEqualTo("orders.shop");
        assertThat(webClients
                        .build()
                        .get()
                        .uri("http://orders.shop/orders")
                        .retrieve()
                        .bodyToMono(String.class)
                        .block(Duration.ofSeconds(60)))
                .isEqualTo("orders.shop");
        assertThat(HealthGrpc.newBlockingStub(channels.createChannel("k8s:///bills.shop:grpc"))
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        RestClient actuator = RestClient.create("http://127.0.0.1:" + port + "/actuator");
        assertThat(actuator.get().uri("/inmesh").retrieve().body(String.class))
                .contains("orders.shop", "k8s:///bills.shop:grpc");
        assertThat(actuator.get().uri("/health").retrieve().body(String.class)).contains("UP");
    }
}
