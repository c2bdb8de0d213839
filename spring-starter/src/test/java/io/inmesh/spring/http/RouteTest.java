package io.inmesh.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which port of a service a URL means. */
@Timeout(30)
class RouteTest {
    private static final Endpoint POD = Endpoint.of("127.0.0.9", 8080);

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh = Mesh.builder().resolvers(cluster).build();
    private final Hosts hosts = new Hosts(
            mesh,
            new ConfiguredServices(Map.of("bills.office", Optional.of("web"))),
            ExcludedHosts.none(),
            Hosts.LOOKUP_LIMIT);

    @AfterEach
    void close() {
        mesh.close();
    }

    private void hasNoPort(String target) {
        cluster.say(target, new Unresolved(Reason.NO_SUCH_PORT, target + " has no such port"));
    }

    private LoadBalancer winner(String url) throws Exception {
        return hosts.route(URI.create(url)).orElseThrow().search().found.get(10, TimeUnit.SECONDS);
    }

    private String targetOf(String url) throws Exception {
        return winner(url).target().toString();
    }

    @Test
    void a_port_in_the_url_is_the_services() throws Exception {
        cluster.publish("orders.shop.svc:8081", POD);
        assertThat(targetOf("http://orders.shop.svc:8081/")).isEqualTo("k8s:///orders.shop.svc:8081");
        hasNoPort("orders.shop.svc:8082");
        assertThat(winner("http://orders.shop.svc:8082/").snapshot().rejection())
                .hasToString("NO_SUCH_PORT: orders.shop.svc:8082 has no such port");
    }

    @Test
    void without_one_it_is_80_or_443_if_the_service_has_it() throws Exception {
        cluster.publish("orders.shop.svc:80", POD);
        cluster.publish("orders.shop.svc:443", POD);
        assertThat(targetOf("http://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc:80");
        assertThat(targetOf("https://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc:443");
    }

    @Test
    void else_the_one_named_like_the_scheme() throws Exception {
        hasNoPort("orders.shop.svc:80");
        hasNoPort("orders.shop.svc:443");
        cluster.publish("orders.shop.svc:http", POD);
        cluster.publish("orders.shop.svc:https", POD);
        assertThat(targetOf("http://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc:http");
        assertThat(targetOf("https://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc:https");
        Awaitility.await().untilAsserted(() -> assertThat(cluster.resolvers()).isEqualTo(2));
    }

    @Test
    void else_the_only_one_and_else_it_is_ambiguous() throws Exception {
        hasNoPort("orders.shop.svc:80");
        hasNoPort("orders.shop.svc:http");
        cluster.publish("orders.shop.svc", POD);
        assertThat(targetOf("http://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc");
        hasNoPort("stock.shop.svc:80");
        hasNoPort("stock.shop.svc:http");
        cluster.say("stock.shop.svc", new Unresolved(Reason.AMBIGUOUS_PORT, "two ports"));
        assertThat(winner("http://stock.shop.svc/").snapshot().rejection()).hasToString("AMBIGUOUS_PORT: two ports");
    }

    @Test
    void a_configured_port_stands_in_for_a_missing_one_only() throws Exception {
        cluster.publish("bills.office:web", POD);
        cluster.publish("bills.office:8080", POD);
        assertThat(targetOf("http://bills.office/")).isEqualTo("k8s:///bills.office:web");
        assertThat(targetOf("http://bills.office:8080/")).isEqualTo("k8s:///bills.office:8080");
    }

    @Test
    void a_number_that_a_headless_service_takes_undeclared_is_not_a_port_it_has() throws Exception {
        ServiceKey raw = new ServiceKey("k8s", "shop", "orders", "80", Protocol.TCP);
        cluster.publish("orders.shop.svc:80", ServiceFacts.of(raw), List.of(POD));
        cluster.publish("orders.shop.svc:http", POD);
        assertThat(targetOf("http://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc:http");
    }

    @Test
    void a_service_that_changes_its_ports_is_followed() throws Exception {
        hasNoPort("orders.shop.svc:80");
        hasNoPort("orders.shop.svc:http");
        cluster.publish("orders.shop.svc", POD);
        assertThat(targetOf("http://orders.shop.svc/")).isEqualTo("k8s:///orders.shop.svc");
        cluster.publish("orders.shop.svc:http", POD);
        cluster.say("orders.shop.svc", new Unresolved(Reason.AMBIGUOUS_PORT, "two ports"));
        Awaitility.await().untilAsserted(() -> assertThat(targetOf("http://orders.shop.svc/"))
                .isEqualTo("k8s:///orders.shop.svc:http"));
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(cluster.resolvers()).as("losers are closed").isEqualTo(1));
    }

    @Test
    void trouble_that_stays_the_same_is_not_searched_again_for_every_request() throws Exception {
        hasNoPort("orders.shop.svc:80");
        hasNoPort("orders.shop.svc:http");
        hasNoPort("orders.shop.svc");
        LoadBalancer first = winner("http://orders.shop.svc/");
        assertThat(winner("http://orders.shop.svc/")).isSameAs(first);
    }
}
