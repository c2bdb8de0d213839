package io.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.samples.shop.orders.Receipt;
import io.inmesh.samples.shop.orders.Wish;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** The whole shop on real ports; the last test closes one instance of inventory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShopTest {
    private final Shop shop = Shop.open(0);
    private final RestClient customer = RestClient.create(shop.url());

    @AfterAll
    void close() {
        shop.close();
    }

    private Receipt order(String item, int pieces) {
        return customer.post()
                .uri("/orders")
                .body(new Wish(item, pieces))
                .retrieve()
                .requiredBody(Receipt.class);
    }

    @Test
    @Order(1)
    void an_order_costs_what_inventory_says() {
        Receipt receipt = order("tea", 3);
        assertThat(receipt.total()).isEqualByComparingTo("12.60");
        assertThat(receipt.pieces()).isEqualTo(3);
        assertThatThrownBy(() -> order("sugar", 1)).isInstanceOf(HttpClientErrorException.NotFound.class);
        assertThatThrownBy(() -> order("tea", 901)).isInstanceOf(HttpClientErrorException.Conflict.class);
    }

    @Test
    @Order(2)
    void both_instances_of_inventory_answer_by_rest_and_by_grpc() {
        Map<String, Integer> rest = new HashMap<>();
        Map<String, Integer> grpc = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            Receipt receipt = order("tea", 1);
            rest.merge(receipt.pricedBy(), 1, Integer::sum);
            grpc.merge(receipt.countedBy(), 1, Integer::sum);
        }
        // By the lot of a coin each would have less than 20 of 100 once in a thousand million runs.
        assertThat(rest)
                .containsOnlyKeys("inventory-1", "inventory-2")
                .allSatisfy((instance, orders) -> assertThat(orders).isGreaterThan(20));
        assertThat(grpc)
                .containsOnlyKeys("inventory-1", "inventory-2")
                .allSatisfy((instance, orders) -> assertThat(orders).isGreaterThan(20));
    }

    @Test
    @Order(3)
    void the_live_view_and_the_paths_that_kubernetes_asks_are_there() {
        assertThat(get("/actuator/inmesh")).contains("inventory.shop:http", "inventory.shop:grpc", "localhost");
        for (String probe : Set.of("/actuator/health/readiness", "/actuator/health/liveness")) {
            assertThat(get(probe)).contains("UP");
        }
    }

    @Test
    @Order(3)
    void a_shop_whose_port_is_taken_leaves_nothing_that_runs() {
        int taken = URI.create(shop.url()).getPort();
        long before = acceptors();
        assertThatThrownBy(() -> Shop.open(taken)).hasStackTraceContaining(String.valueOf(taken));
        assertThat(acceptors()).isEqualTo(before);
    }

    /** One for each web server that runs in this process. */
    private static long acceptors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("-Acceptor"))
                .count();
    }

    private String get(String path) {
        return customer.get().uri(path).retrieve().requiredBody(String.class);
    }

    @Test
    @Order(4)
    void no_order_fails_while_an_instance_shuts_down_and_afterwards() throws InterruptedException {
        Thread stopping = new Thread(shop::stopFirstInventory, "stopping");
        stopping.start();
        do {
            order("coffee", 1);
        } while (stopping.isAlive());
        stopping.join();
        for (int i = 0; i < 100; i++) {
            Receipt receipt = order("coffee", 1);
            assertThat(receipt.pricedBy()).isEqualTo("inventory-2");
            assertThat(receipt.countedBy()).isEqualTo("inventory-2");
        }
    }
}
