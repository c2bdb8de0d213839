package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.spring.testing.FakeCluster;
import io.inmesh.spring.testing.FakeClusterConfiguration;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** What users' tests meet in a {@link FakeCluster}: nobody waits for a time that does not pass. */
@Timeout(60)
class FakeClusterTest {
    private final ApplicationContextRunner context = Contexts.withWebClient(Contexts.all())
            .withUserConfiguration(FakeClusterConfiguration.class)
            .withPropertyValues("inmesh.defaults.eject.enabled=false");

    /** A client as applications have it, that waits for an answer in its own way. */
    enum Caller {
        REST_CLIENT {
            @Override
            String get(ApplicationContext started, String url) {
                return String.valueOf(started.getBean(RestClient.Builder.class)
                        .build()
                        .get()
                        .uri(url)
                        .retrieve()
                        .body(String.class));
            }
        },
        WEB_CLIENT {
            @Override
            String get(ApplicationContext started, String url) {
                return String.valueOf(started.getBean(WebClient.Builder.class)
                        .build()
                        .get()
                        .uri(url)
                        .retrieve()
                        .bodyToMono(String.class)
                        .block());
            }
        };

        abstract String get(ApplicationContext started, String url);
    }

    private static Pod.Answer unavailable(int times) {
        AtomicInteger left = new AtomicInteger(times);
        return exchange -> {
            boolean well = left.getAndDecrement() <= 0;
            Pod.answer(exchange, well ? 200 : 503, well ? "well" : "");
        };
    }

    @ParameterizedTest
    @EnumSource
    void a_request_is_sent_again_after_a_pause_that_passes_by_itself(Caller client) {
        try (Pod pod = Pod.start(62).answering(unavailable(1))) {
            context.run(started -> {
                FakeCluster cluster = started.getBean(FakeCluster.class);
                cluster.publish("orders.shop:80", pod.endpoint());
                long before = cluster.clock().nanoTime();
                assertThat(client.get(started, "http://orders.shop/")).isEqualTo("well");
                assertThat(pod.seen()).hasSize(2);
                assertThat(cluster.clock().nanoTime() - before).isPositive();
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_pod_that_never_is_well_is_told_of_after_all_attempts(Caller client) {
        try (Pod pod = Pod.start(63).answering(unavailable(Integer.MAX_VALUE))) {
            context.withPropertyValues("inmesh.defaults.retry.attempts=3", "inmesh.defaults.budget.min-per-second=100")
                    .run(started -> {
                        started.getBean(FakeCluster.class).publish("orders.shop:80", pod.endpoint());
                        assertThatThrownBy(() -> client.get(started, "http://orders.shop/"))
                                .hasMessageContaining("503");
                        assertThat(pod.seen()).hasSize(3);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_injected_delay_passes_by_itself_and_a_limit_does_not(Caller client) {
        Faults faults = new Faults();
        faults.inject(Fault.delay(Duration.ofSeconds(2)));
        try (Pod pod = Pod.start(65)) {
            context.withBean(Faults.class, () -> faults)
                    .withPropertyValues("inmesh.defaults.retry.timeout=10s")
                    .run(started -> {
                        FakeCluster cluster = started.getBean(FakeCluster.class);
                        cluster.publish("orders.shop:80", pod.endpoint());
                        long before = cluster.clock().nanoTime();
                        assertThat(client.get(started, "http://orders.shop/")).isEqualTo("pod-65");
                        assertThat(cluster.clock().nanoTime() - before)
                                .isEqualTo(Duration.ofSeconds(2).toNanos());
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_unknown_host_is_left_to_dns_or_refused_at_once(Caller client) {
        context.withPropertyValues("inmesh.services.stock.invalid.port=8080").run(started -> {
            assertThatThrownBy(() -> client.get(started, "http://nowhere.invalid/"))
                    .hasMessageNotContaining("NOT_FOUND");
            for (String ours : new String[] {"http://nowhere.shop.svc/", "http://stock.invalid/"}) {
                assertThatThrownBy(() -> client.get(started, ours))
                        .hasStackTraceContaining("the test has published nothing (expected: FakeCluster.publish");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_url_without_a_port_finds_the_one_that_is_published(Caller client) {
        try (Pod pod = Pod.start(64)) {
            context.run(started -> {
                FakeCluster cluster = started.getBean(FakeCluster.class);
                cluster.publish("orders.shop:http", pod.endpoint());
                cluster.publish("orders.shop:grpc", Endpoint.of("10.0.0.1", 1));
                cluster.publish("stock.shop:8080", pod.endpoint());
                cluster.publish("bills.shop", pod.endpoint());
                for (String url : new String[] {
                    "http://orders.shop/",
                    "http://orders.shop.svc/",
                    "http://stock.shop/",
                    "http://stock.shop:8080/",
                    "http://bills.shop/"
                }) {
                    assertThat(client.get(started, url)).as(url).isEqualTo("pod-64");
                }
                assertThatThrownBy(() -> client.get(started, "http://stock.shop:9090/"))
                        .hasStackTraceContaining("the test has published k8s:///stock.shop:8080");
            });
        }
    }

    private static Reason reason(Mesh mesh, String target) {
        try (LoadBalancer balancer = mesh.service(target)) {
            return Objects.requireNonNull((Rejection) balancer.pick(PickContext.NONE))
                    .reason();
        }
    }

    @Test
    void what_is_not_published_is_what_a_cluster_would_say() {
        FakeCluster cluster = new FakeCluster();
        try (Mesh mesh = cluster.newMesh();
                LoadBalancer early = mesh.service("orders.shop:80")) {
            assertThat(reason(mesh, "orders.shop:80")).isEqualTo(Reason.NOT_FOUND);
            cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 1));
            assertThat(((Rejection) early.pick(PickContext.NONE)).reason()).isEqualTo(Reason.NO_SUCH_PORT);
            cluster.publish("orders.shop:grpc", Endpoint.of("10.0.0.1", 2));
            assertThat(reason(mesh, "orders.shop")).isEqualTo(Reason.AMBIGUOUS_PORT);
            cluster.say("bills.shop:http", new Unresolved(Reason.FORBIDDEN, "no Role"));
            assertThat(reason(mesh, "bills.shop:80")).isEqualTo(Reason.FORBIDDEN);
            cluster.publish("orders.shop:80", Endpoint.of("10.0.0.1", 3));
            assertThat(early.pick(PickContext.NONE)).isInstanceOfSatisfying(Lease.class, lease -> {
                assertThat(lease.endpoint().port()).isEqualTo(3);
                lease.close();
            });
        }
        assertThat(cluster.watches()).isZero();
    }

    @Test
    void a_mesh_closes_although_a_request_still_runs() {
        FakeCluster cluster = new FakeCluster();
        cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 1));
        Mesh mesh = cluster.inFakeTime(Mesh.builder().resolvers(cluster.resolvers()))
                .closeWait(Duration.ofSeconds(30))
                .build();
        LoadBalancer orders = mesh.service("orders.shop:http");
        Lease running = (Lease) orders.pick(PickContext.NONE);
        mesh.close();
        assertThat(cluster.clock().nanoTime()).isEqualTo(Duration.ofSeconds(30).toNanos());
        running.close();
    }
}
