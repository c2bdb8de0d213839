package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** What holds whichever client an application has; {@link TlsTest} has the same for https. */
class EveryClientTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static void assertNothingRuns(ApplicationContext started) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight(started))
                .isZero());
    }

    @ParameterizedTest
    @EnumSource
    void requests_are_spread_over_the_pods_with_the_services_host(Client client) {
        Pod[] pods = {pod(), pod(), pod()};
        ordersAre(pods);
        client.in(context).run(started -> {
            Map<String, Integer> answers = new TreeMap<>();
            for (int i = 0; i < 30; i++) {
                answers.merge(client.get(started, "http://orders.shop/list"), 1, Integer::sum);
            }
            assertThat(answers).containsOnlyKeys("pod-11", "pod-12", "pod-13");
            // Those that do not wait may pick on several threads, which take turns each for itself.
            assertThat(answers.values()).allSatisfy(count -> assertThat(count).isBetween(9, 11));
            for (Pod pod : pods) {
                assertThat(pod.seen())
                        .allSatisfy(
                                seen -> assertThat(seen.headers().get("Host")).containsExactly("orders.shop"));
            }
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void requests_of_one_key_go_to_one_pod_where_the_policy_follows_keys(Client client) {
        assertPathsKeepTogether(
                client,
                "inmesh.services.orders.shop.policy=destination-hash",
                "inmesh.services.orders.shop.key.from=path");
    }

    @ParameterizedTest
    @EnumSource
    void under_dh_the_path_is_the_key_where_nothing_is_said(Client client) {
        assertPathsKeepTogether(client, "inmesh.services.orders.shop.policy=dh");
    }

    private void assertPathsKeepTogether(Client client, String... properties) {
        ordersAre(pod(), pod(), pod());
        client.in(context).withPropertyValues(properties).run(started -> {
            Map<String, Integer> answers = new TreeMap<>();
            // Where the keys belong depends on the pods' ports: on so many paths every pod has some.
            for (int i = 0; i < 12 || (i < 200 && answers.size() < 3); i++) {
                String pod = client.get(started, "http://orders.shop/list/" + i + "?page=0");
                for (int page = 1; page < 4; page++) {
                    assertThat(client.get(started, "http://orders.shop/list/" + i + "?page=" + page))
                            .isEqualTo(pod);
                }
                answers.merge(pod, 1, Integer::sum);
            }
            assertThat(answers).containsOnlyKeys("pod-11", "pod-12", "pod-13");
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_dead_pod_costs_no_request(Client client) throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(31), good.endpoint());
        client.in(context).run(started -> {
            for (int i = 0; i < 4; i++) {
                assertThat(client.get(started, "http://orders.shop/")).isEqualTo(good.name());
            }
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void where_every_pod_refuses_the_client_throws_what_it_always_throws(Client client) throws IOException {
        cluster.publish("orders.shop:80", nobody(32), nobody(33));
        client.in(context).run(started -> {
            assertThatThrownBy(() -> client.get(started, "http://orders.shop/"))
                    .isInstanceOf(client.failure())
                    .hasCauseInstanceOf(ConnectException.class)
                    .hasMessageContaining("orders.shop at 127.0.0.3");
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_service_that_does_not_exist_is_refused_with_the_meshs_text(Client client) {
        cluster.say("orders.shop:80", new Unresolved(Reason.NOT_FOUND, "orders in namespace shop: no such Service"));
        client.in(context).run(started -> assertThatThrownBy(() -> client.get(started, "http://orders.shop/"))
                .isInstanceOf(client.failure())
                .hasMessageContaining("orders in namespace shop: no such Service")
                .hasCauseInstanceOf(ConnectException.class));
    }

    @ParameterizedTest
    @EnumSource
    void a_service_that_nothing_is_heard_of_is_waited_for_no_longer_than_said(Client client) {
        client.in(context).withPropertyValues("inmesh.startup-wait=50ms").run(started -> assertThatThrownBy(
                        () -> client.get(started, "http://orders.shop/"))
                .isInstanceOf(client.failure())
                .hasMessageContaining("k8s:///orders.shop:80: nothing has been heard of it yet"));
    }

    @ParameterizedTest
    @EnumSource
    void a_get_whose_pod_dies_is_repeated_on_another_pod(Client client) {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod good = pod();
        ordersAre(bad, good);
        client.in(context).run(started -> {
            for (int i = 0; i < 6; i++) {
                assertThat(client.get(started, "http://orders.shop/" + i)).isEqualTo(good.name());
            }
            assertThat(bad.seen()).isNotEmpty();
            assertThat(good.seen()).hasSize(6);
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_get_answered_with_503_is_repeated_and_with_500_is_not(Client client) {
        Pod bad = pod().answering(exchange ->
                Pod.answer(exchange, exchange.getRequestURI().getPath().equals("/busy") ? 503 : 500, "bad"));
        Pod good = pod();
        ordersAre(bad, good);
        client.in(context).run(started -> {
            for (int i = 0; i < 4; i++) {
                assertThat(client.get(started, "http://orders.shop/busy")).isEqualTo(good.name());
            }
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                try {
                    answers.add(client.get(started, "http://orders.shop/broken"));
                } catch (HttpServerErrorException | WebClientResponseException e) {
                    answers.add(String.valueOf(e.getMessage()).substring(0, 3));
                }
            }
            assertThat(answers).containsExactlyInAnyOrder(good.name(), "500", good.name(), "500");
            assertNothingRuns(started);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_get_leaves_a_pod_that_does_not_answer_in_time_and_hangs_up_there(Client client) {
        Pod good = pod();
        try (SilentPod silent = SilentPod.start(50)) {
            cluster.publish("orders.shop:80", silent.endpoint(), good.endpoint());
            client.in(context)
                    .withPropertyValues("inmesh.services.orders.shop.retry.timeout=300ms")
                    .run(started -> {
                        for (int i = 0; i < 4; i++) {
                            assertThat(client.get(started, "http://orders.shop/"))
                                    .isEqualTo(good.name());
                        }
                        assertThat(silent.asked()).isPositive();
                        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(silent.hungUp())
                                .isEqualTo(silent.asked()));
                        assertNothingRuns(started);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_pod_that_does_not_answer_in_time_is_a_read_timeout_with_its_name(Client client) {
        try (SilentPod silent = SilentPod.start(61)) {
            cluster.publish("orders.shop:80", silent.endpoint());
            client.in(context)
                    .withPropertyValues("spring.http.clients.read-timeout=100ms")
                    .run(started -> {
                        assertThatThrownBy(() -> client.get(started, "http://orders.shop/"))
                                .isInstanceOf(client.failure())
                                .hasCauseInstanceOf(SocketTimeoutException.class)
                                .hasMessageContaining(
                                        "orders.shop at " + silent.endpoint().address());
                        assertNothingRuns(started);
                    });
        }
    }
}
