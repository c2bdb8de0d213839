package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest
class OrdersTest {
    private static final HttpServer POD = pod();

    @Autowired
    private Orders orders;

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

    @DynamicPropertySource
    static void services(DynamicPropertyRegistry properties) {
        properties.add("inmesh.services.orders.shop.endpoints", () -> "127.0.0.1:" + POD.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        POD.stop(0);
    }

    @Test
    void a_service_answers_by_its_name_on_this_boot() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("boot"));
        assertThat(orders.all()).isEqualTo("orders.shop");
    }
}
