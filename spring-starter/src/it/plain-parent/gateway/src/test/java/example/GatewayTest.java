package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.spring.MeshCustomizer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.cloud.gateway.server.webflux.routes[0].id=orders",
            "spring.cloud.gateway.server.webflux.routes[0].uri=lb://orders",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/orders"
        })
class GatewayTest {
    private static final List<String> CALLED = new CopyOnWriteArrayList<>();
    private static final HttpServer POD = pod();

    @LocalServerPort
    private int port;

    @TestConfiguration
    static class Observing {
        @Bean
        MeshCustomizer noting() {
            return builder -> builder.observer(new BalancerObserver() {
                @Override
                public void called(Target target, int attempts, Outcome outcome) {
                    CALLED.add(target + " " + outcome.equals(Outcome.SUCCESS));
                }
            });
        }
    }

    private static HttpServer pod() {
        try {
            HttpServer pod = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            pod.createContext("/orders", exchange -> {
                byte[] answer = "from the pod".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/plain");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            pod.start();
            return pod;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @DynamicPropertySource
    static void services(DynamicPropertyRegistry properties) {
        properties.add("inmesh.services.orders.endpoints", () -> "127.0.0.1:" + POD.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        POD.stop(0);
    }

    @Test
    void routes_go_to_pods_by_the_mesh() {
        WebClient customer = WebClient.create("http://127.0.0.1:" + port);
        assertThat(customer.get().uri("/orders").retrieve().bodyToMono(String.class).block(Duration.ofSeconds(60)))
                .isEqualTo("from the pod");
        assertThat(CALLED).containsExactly("k8s:///orders:80 true");
    }
}
