package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the answers of a real server mean, by whichever classifier holds. */
class JdkHttpExchangeTest {
    private static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final OutcomeClassifier NOT_FOUND_FAILS = (wire, code, error, delivery) ->
            code == 404 ? FAILED : OutcomeClassifier.standard().classify(wire, code, error, delivery);

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://orders.shop/1")).build();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** What an answer of 404 came to in a mesh of that classifier. */
    private Outcome of404(OutcomeClassifier mesh, JdkHttpExchange<Void> exchange) throws Exception {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish(
                "orders.shop:http", Endpoint.of("127.0.0.1", server.getAddress().getPort()));
        outcomes.clear();
        try (Mesh built = Mesh.builder()
                        .resolvers(cluster)
                        .classifier(mesh)
                        .observer(new BalancerObserver() {
                            @Override
                            public void completed(Target target, Endpoint at, Outcome outcome, long latencyNanos) {
                                outcomes.add(outcome);
                            }
                        })
                        .build();
                LoadBalancer orders = built.service("orders.shop:http")) {
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().get(30, TimeUnit.SECONDS);
            built.attempts(orders)
                    .send(PickContext.NONE, Safety.IDEMPOTENT, exchange)
                    .get(30, TimeUnit.SECONDS);
            assertThat(built.classifier().classify(OutcomeClassifier.Wire.HTTP, 500, null, Delivery.SENT))
                    .as("it is there for other exchanges, and cannot fail")
                    .isEqualTo(FAILED);
        }
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    @Test
    void codes_are_read_by_the_meshs_classifier_unless_the_exchange_has_one_of_its_own() throws Exception {
        JdkHttpExchange<Void> plain = JdkHttpExchange.of(client, request, BodyHandlers.discarding());
        assertThat(of404(OutcomeClassifier.standard(), plain)).isEqualTo(Outcome.CLIENT_ERROR);
        assertThat(of404(NOT_FOUND_FAILS, plain)).isEqualTo(FAILED);
        assertThat(of404(
                        NOT_FOUND_FAILS,
                        JdkHttpExchange.of(client, request, BodyHandlers.discarding(), OutcomeClassifier.standard())))
                .isEqualTo(Outcome.CLIENT_ERROR);
    }

    @Test
    void where_the_meshs_classifier_breaks_the_standard_one_decides() throws Exception {
        OutcomeClassifier broken = (wire, code, error, delivery) -> {
            throw new IllegalStateException("no idea");
        };
        assertThat(of404(broken, JdkHttpExchange.of(client, request, BodyHandlers.discarding())))
                .isEqualTo(Outcome.CLIENT_ERROR);
    }
}
