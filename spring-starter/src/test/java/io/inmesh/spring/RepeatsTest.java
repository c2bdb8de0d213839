package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What is sent again to another pod, and what is not. */
class RepeatsTest extends OrdersFixture {

    @Test
    void a_post_that_a_pod_has_received_is_sent_once() {
        Pod bad = pod().answering(Pod.breakingOff());
        ordersAre(bad, Pod.start(40).answering(Pod.breakingOff()));
        context.run(started -> {
            RestClient client = client(started);
            assertThatThrownBy(() -> client.post()
                            .uri("http://orders.shop/pay")
                            .body("1")
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("orders.shop at 127.0.0.");
            assertThatThrownBy(() -> client.post()
                            .uri("http://orders.shop/pay")
                            .body("2")
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
            assertThat(bad.seen()).hasSize(1);
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_post_whose_pod_refuses_the_connection_goes_to_another_pod() throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(30), good.endpoint());
        context.run(started -> {
            RestClient client = client(started);
            for (int i = 0; i < 6; i++) {
                String answer = client.post()
                        .uri("http://orders.shop/pay")
                        .body("1")
                        .retrieve()
                        .body(String.class);
                assertThat(answer).isEqualTo(good.name());
            }
            assertThat(good.seen()).hasSize(6);
        });
    }

    @Test
    void a_body_that_can_be_written_once_goes_to_another_pod_only_if_it_was_not_begun() throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(30), good.endpoint());
        context.run(started -> {
            for (int i = 0; i < 4; i++) {
                client(started)
                        .put()
                        .uri("http://orders.shop/upload")
                        .body(out -> out.write("streamed".getBytes(StandardCharsets.UTF_8)))
                        .retrieve()
                        .toBodilessEntity();
            }
            assertThat(good.seen()).hasSize(4).allSatisfy(seen -> assertThat(seen.body())
                    .isEqualTo("streamed"));
            good.answering(Pod.breakingOff());
            Pod second = pod();
            ordersAre(good, second);
            int failures = 0;
            int sent = 0;
            for (; sent < 100 && (failures == 0 || second.seen().isEmpty()); sent++) { // New pods begin with less.
                try {
                    client(started)
                            .put()
                            .uri("http://orders.shop/upload")
                            .body(out -> out.write(1))
                            .retrieve()
                            .toBodilessEntity();
                } catch (ResourceAccessException e) {
                    failures++;
                }
            }
            assertThat(failures).isPositive().isEqualTo(good.seen().size() - 4);
            assertThat(second.seen()).isNotEmpty().hasSize(sent - failures);
        });
    }

    @Test
    void a_pod_killed_under_load_costs_no_request_that_is_safe_to_repeat() {
        Pod killed = pod();
        ordersAre(killed, pod(), pod());
        context.run(started -> {
            RestClient client = client(started);
            List<CompletableFuture<Integer>> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                callers.add(CompletableFuture.supplyAsync(() -> {
                    int answers = 0;
                    for (int i = 0; i < 100; i++) {
                        answers += get(client, "http://orders.shop/").startsWith("pod-") ? 1 : 0;
                        if (killed.seen().size() > 20) {
                            killed.close();
                        }
                    }
                    return answers;
                }));
            }
            for (CompletableFuture<Integer> caller : callers) {
                assertThat(caller.get(60, TimeUnit.SECONDS)).isEqualTo(100);
            }
            assertThat(inFlight(started)).isZero();
        });
    }
}
