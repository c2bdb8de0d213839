package io.inmesh.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class HostsTest {
    private static final Endpoint POD = Endpoint.of("127.0.0.9", 8080);

    /** Longer than any test: whoever waits here for the limit, and not for an answer, runs into the test's own. */
    private static final Duration LONG = Duration.ofHours(1);

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh = Mesh.builder().resolvers(cluster).build();

    private Hosts hosts(Mesh of, Duration limit) {
        return new Hosts(
                of,
                new ConfiguredServices(Map.of("stock", Optional.empty(), "bills.office", Optional.of("web"))),
                new ExcludedHosts(List.of("*.Legacy", "old", "wiki.*.svc")),
                limit);
    }

    private static Optional<Route> route(Hosts hosts, String url) {
        return hosts.route(URI.create(url));
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080/",
                "http://LOCALHOST/",
                "http://localhost./",
                "http://127.0.0.1/",
                "http://10.0.0.7:80/",
                "http://[::1]:80/",
                "https://api.example.com/",
                "https://a.b.c.d.example/",
                "http://orders.shop.svc.other.domain/",
                "ftp://orders.shop.svc/",
                "mailto:orders.shop.svc",
                "/relative"
            })
    void what_can_be_no_service_is_left_alone_without_a_question(String url) {
        assertThat(route(hosts(mesh, LONG), url)).isEmpty();
        assertThat(cluster.resolvers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://orders.shop.svc/",
                "https://Orders.Shop.SVC.cluster.local:8443/",
                "http://pod-0.orders.shop.svc/",
                "http://stock/",
                "http://bills.office/",
                "http://bills.office.svc.cluster.local."
            })
    void marked_and_configured_hosts_are_ours_without_waiting(String url) {
        assertThat(route(hosts(mesh, LONG), url)).isPresent();
        assertThat(cluster.resolvers()).isZero();
    }

    @Test
    void a_configured_name_without_namespace_claims_no_other_host() {
        assertThat(route(hosts(mesh, Duration.ZERO), "http://stock.example/")).isEmpty();
    }

    @Test
    void a_host_is_ours_if_its_service_is_found_whatever_its_state() {
        Hosts hosts = hosts(mesh, LONG);
        cluster.publish("orders.shop:80", POD);
        cluster.say("empty.shop:80", new Unresolved(Reason.NO_ENDPOINTS, "nobody there"));
        assertThat(route(hosts, "http://orders.shop/")).isPresent();
        assertThat(route(hosts, "http://empty.shop/")).isPresent();
        cluster.say("orders.shop:80", new Unresolved(Reason.NOT_FOUND, "deleted"));
        assertThat(route(hosts, "http://orders.shop/"))
                .as("once found stays ours")
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOT_FOUND", "FORBIDDEN"})
    void a_host_whose_service_is_not_there_or_not_ours_to_see_is_asked_for_once(String reason, CapturedOutput output) {
        Hosts hosts = hosts(mesh, LONG);
        cluster.say("example.com:443", new Unresolved(Reason.valueOf(reason), "the API's words"));
        assertThat(route(hosts, "https://example.com/")).isEmpty();
        assertThat(route(hosts, "https://EXAMPLE.com/again")).isEmpty();
        Awaitility.await().untilAsserted(() -> assertThat(cluster.resolvers()).isZero());
        cluster.publish("example.com:443", POD);
        assertThat(route(hosts, "https://example.com/")).isEmpty();
        assertThat(cluster.resolvers()).isZero();
        assertThat(output.getAll().split("is left to the HTTP client's own resolution", -1))
                .hasSize(2);
        assertThat(output).contains("the API's words");
    }

    @Test
    void after_the_limit_nobody_waits_and_the_answer_counts_when_it_comes() throws Exception {
        FakeClock clock = new FakeClock();
        try (Mesh slow = Mesh.builder().resolvers(cluster).clock(clock).build()) {
            Hosts hosts = hosts(slow, LONG);
            CompletableFuture<Optional<Route>> first =
                    CompletableFuture.supplyAsync(() -> route(hosts, "http://orders.shop/"));
            Awaitility.await().until(() -> cluster.resolvers() == 1);
            clock.advance(LONG);
            assertThat(route(hosts, "http://orders.shop/")).as("does not wait").isEmpty();
            assertThat(first).isNotDone();
            cluster.publish("orders.shop:80", POD);
            assertThat(first.get()).isPresent();
            assertThat(route(hosts, "http://orders.shop/")).isPresent();
        }
    }

    @Test
    void the_first_request_waits_no_longer_than_the_limit() {
        Hosts hosts = hosts(mesh, Duration.ofMillis(20));
        assertThat(route(hosts, "http://orders.shop/")).isEmpty();
        assertThat(cluster.resolvers()).as("the lookup goes on").isEqualTo(1);
        cluster.publish("orders.shop:80", POD);
        Awaitility.await().until(() -> route(hosts, "http://orders.shop/").isPresent());
    }

    @Test
    void a_target_is_looked_up_until_its_host_has_an_answer() {
        Hosts hosts = hosts(mesh, Duration.ofMillis(1));
        Target target = mesh.parse("github.com:443");
        assertThat(hosts.isLookedUp(target)).isFalse();
        assertThat(route(hosts, "https://github.com/")).isEmpty();
        assertThat(hosts.isLookedUp(target)).isTrue();
        assertThat(hosts.isLookedUp(mesh.parse("orders.shop:443"))).isFalse();
        assertThat(hosts.isLookedUp(mesh.parse("github.com:grpc")))
                .as("another door's port")
                .isFalse();
        assertThat(hosts.isLookedUp(mesh.parse("github.com")))
                .as("a target that the lookup has not come to")
                .isFalse();
        cluster.say("github.com:443", new Unresolved(Reason.NOT_FOUND, "there is no such Service"));
        Awaitility.await().until(() -> !hosts.isLookedUp(target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://billing.legacy/",
                "http://OLD/",
                "https://wiki.shop.svc/",
                "http://billing.legacy.svc/",
                "http://billing.legacy.svc.cluster.local./",
                "http://wiki.shop/"
            })
    void excluded_hosts_are_left_alone_without_a_question(String url) {
        assertThat(route(hosts(mesh, LONG), url)).isEmpty();
        assertThat(cluster.resolvers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://old", "a b", "", "host:80", "*.x/y", "a..b"})
    void an_excluded_host_that_no_url_can_have_is_refused(String pattern) {
        assertThatThrownBy(() -> new ExcludedHosts(List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "host '" + pattern
                                + "' (expected: a URL's host without scheme and port, with * for any characters but dots, as in *.legacy)");
    }

    @Test
    void who_does_not_wait_gets_the_answer_later_and_after_the_limit_that_there_is_none() throws Exception {
        Hosts hosts = hosts(mesh, LONG);
        URI orders = URI.create("http://orders.shop/");
        assertThat(hosts.isSettled(orders)).isFalse();
        CompletableFuture<Optional<Route>> found = hosts.find(orders);
        assertThat(found).isNotDone();
        assertThat(hosts.isSettled(orders)).isFalse();
        cluster.publish("orders.shop:80", POD);
        assertThat(found.get()).isPresent();
        assertThat(hosts.isSettled(orders)).isTrue();
        assertThat(hosts.isSettled(URI.create("http://orders.shop:8080/")))
                .as("another port is yet to be watched")
                .isFalse();
        assertThat(hosts.isSettled(URI.create("https://api.example.com/"))).isTrue();
        CompletableFuture<Optional<Route>> late =
                hosts(mesh, Duration.ofMillis(20)).find(URI.create("http://late.shop/"));
        assertThat(late.get()).isEmpty();
    }

    @Test
    void a_lookup_that_failed_is_tried_again_a_little_later(CapturedOutput output) {
        FakeClock clock = new FakeClock();
        AtomicInteger asked = new AtomicInteger();
        ResolverProvider late = new ResolverProvider() {
            @Override
            public String scheme() {
                return cluster.scheme();
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                if (asked.incrementAndGet() <= 2) {
                    throw new IllegalStateException("the kubeconfig is being written");
                }
                return cluster.newResolver(target, context);
            }
        };
        cluster.publish("orders.shop:80", POD);
        try (Mesh starting = Mesh.builder().resolvers(late).clock(clock).build()) {
            Hosts hosts = hosts(starting, LONG);
            assertThat(route(hosts, "http://orders.shop/")).isEmpty();
            assertThat(route(hosts, "http://orders.shop/")).isEmpty();
            assertThat(asked).as("not for every request").hasValue(1);
            clock.advance(Hosts.ASK_AGAIN);
            assertThat(route(hosts, "http://orders.shop/")).isEmpty();
            clock.advance(Hosts.ASK_AGAIN);
            assertThat(route(hosts, "http://orders.shop/")).isPresent();
            assertThat(output.getAll().split("until it can be asked for", -1))
                    .as("said once")
                    .hasSize(2);
        }
    }

    @Test
    void where_nothing_can_be_looked_up_hosts_are_left_alone_at_once() {
        mesh.close();
        assertThat(route(hosts(mesh, LONG), "http://orders.shop/")).isEmpty();
    }
}
