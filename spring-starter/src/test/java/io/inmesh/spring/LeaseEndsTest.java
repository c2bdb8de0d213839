package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** However a request ends, nothing of it is left. */
class LeaseEndsTest extends OrdersFixture {

    private final CountDownLatch never = new CountDownLatch(1);

    private Pod slowPod() {
        return pod().answering(exchange -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void slow_pods_may_answer() {
        never.countDown();
    }

    @Test
    void a_pod_that_does_not_answer_within_the_read_timeout_is_left_for_another() {
        Pod slow = slowPod();
        Pod quick = pod();
        ordersAre(slow, quick);
        context.withPropertyValues("spring.http.clients.read-timeout=1s").run(started -> {
            RestClient client = client(started);
            for (int i = 0;
                    i < 2;
                    i++) { // By turns, and a repeat takes one too: one of both meets the slow pod first, or each does.
                assertThat(get(client, "http://orders.shop/")).isNotBlank();
            }
            assertThat(inFlight(started)).isZero();
        });
        assertThat(slow.seen()).hasSizeBetween(1, 2);
        assertThat(quick.seen()).hasSize(2);
    }

    @Test
    void where_no_pod_answers_in_time_it_ends_as_the_read_timeout_that_it_was() {
        Pod slow = slowPod();
        ordersAre(slow);
        context.withPropertyValues("spring.http.clients.read-timeout=1s").run(started -> assertThatThrownBy(
                        () -> get(client(started), "http://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("orders.shop at " + slow.endpoint().address() + " (pod pod-11)")
                .hasCauseInstanceOf(SocketTimeoutException.class));
        Awaitility.await().untilAsserted(() -> assertThat(slow.seen()).hasSize(3));
    }

    @Test
    void what_is_not_safe_to_repeat_ends_with_the_first_read_timeout() {
        Pod slow = slowPod();
        Pod other = slowPod();
        ordersAre(slow, other);
        context.withPropertyValues("spring.http.clients.read-timeout=1s")
                .run(started -> assertThatThrownBy(() -> client(started)
                                .post()
                                .uri("http://orders.shop/")
                                .body("x")
                                .retrieve()
                                .toBodilessEntity())
                        .isInstanceOf(ResourceAccessException.class)
                        .hasCauseInstanceOf(SocketTimeoutException.class));
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(slow.seen().size() + other.seen().size()).isEqualTo(1));
    }

    @Test
    void the_request_is_in_flight_until_its_body_is_read_or_closed() {
        ordersAre(pod());
        context.run(started -> {
            ClientHttpResponse open =
                    client(started).get().uri("http://orders.shop/").exchange((request, answer) -> answer, false);
            assertThat(inFlight(started)).isEqualTo(1);
            assertThat(open.getBody().readAllBytes()).isNotEmpty();
            assertThat(inFlight(started)).isZero();
            open.close();
            ClientHttpResponse closed =
                    client(started).get().uri("http://orders.shop/").exchange((request, answer) -> answer, false);
            assertThat(inFlight(started)).isEqualTo(1);
            closed.close();
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_caller_that_is_interrupted_gets_its_thread_back() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Pod slow = pod().answering(exchange -> {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ordersAre(slow);
        context.run(started -> {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    get(client(started), "http://orders.shop/");
                } catch (ResourceAccessException e) {
                    flag.complete(
                            Thread.currentThread().isInterrupted() && e.getCause() instanceof InterruptedIOException);
                }
            });
            caller.start();
            asked.await();
            caller.interrupt();
            assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(inFlight(started)).isZero();
            assertThat(slow.seen()).hasSize(1);
        });
    }

    @Test
    void after_the_context_is_closed_a_request_says_so() {
        ordersAre(pod());
        RestClient[] kept = new RestClient[1];
        context.run(started -> {
            kept[0] = client(started);
            get(kept[0], "http://orders.shop/");
        });
        assertThatThrownBy(() -> get(kept[0], "http://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closing_the_context_ends_threads_and_watches() {
        Set<Thread> ofOthers = threads(Set.of()); // Contexts that Spring keeps for other tests.
        ordersAre(pod(), pod());
        context.run(started -> {
            client(started)
                    .post()
                    .uri("http://orders.shop/")
                    .body("x")
                    .retrieve()
                    .toBodilessEntity();
            assertThat(cluster.resolvers()).isPositive();
            assertThat(threads(ofOthers)).isNotEmpty();
        });
        assertThat(cluster.resolvers()).isZero();
        Awaitility.await().untilAsserted(() -> assertThat(threads(ofOthers)).isEmpty());
    }

    private static Set<Thread> threads(Set<Thread> ofOthers) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("inmesh"))
                .filter(thread -> !ofOthers.contains(thread))
                .collect(Collectors.toSet());
    }
}
