package io.inmesh.balancer.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.RejectedException;
import io.inmesh.api.observe.CallObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Exchange;
import io.inmesh.balancer.attempt.Safety;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a trace shows of calls. */
class MeshObservationsTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .defaults(Map.of("policy", "round-robin", "eject.enabled", "false"))
            .observer(new MeshObservations(registry))
            .build();
    private final LoadBalancer orders = mesh.service("orders.shop:http");

    /** Keeps what has ended. */
    private static final class Ended implements ObservationHandler<Observation.Context> {
        private final List<Observation.Context> all = new CopyOnWriteArrayList<>();

        @Override
        public void onStop(Observation.Context context) {
            all.add(context);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    /** A request that ends as it is told, attempt by attempt. */
    private static final class Script implements Exchange<String, IOException> {
        private final List<Outcome> outcomes;
        private int attempts;

        private Script(Outcome... outcomes) {
            this.outcomes = new ArrayList<>(List.of(outcomes));
        }

        @Override
        public String send(Lease lease) throws IOException {
            Outcome next = outcomes.get(attempts++);
            if (next instanceof Outcome.Success) {
                return "answer";
            }
            throw new IOException(next.toString());
        }

        @Override
        public Outcome outcomeOf(String answer) {
            return Outcome.SUCCESS;
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            return outcomes.get(attempts - 1);
        }

        @Override
        public IOException failure(Exception reason) {
            return new IOException(reason);
        }
    }

    private static final Outcome REFUSED = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    private final Ended ended = new Ended();

    private void publish() throws Exception {
        cluster.publish(
                "orders.shop:http",
                Endpoint.of("10.0.0.1", 8080).withPod("orders-1").withLocality(new Locality("n1", "a")),
                Endpoint.of("10.0.0.2", 8080));
        orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        orders.close();
        mesh.close();
    }

    private static String high(Observation.Context context, String key) {
        return Objects.requireNonNull(context.getHighCardinalityKeyValue(key), key)
                .getValue();
    }

    @Test
    void a_call_is_a_child_of_the_callers_observation_and_has_a_child_for_each_attempt() throws Exception {
        registry.observationConfig().observationHandler(ended);
        publish();
        Observation caller = Observation.start("caller", registry);
        try (Observation.Scope scope = caller.openScope()) {
            assertThat(scope.getCurrentObservation()).isSameAs(caller);
            mesh.attempts(orders).call(PickContext.NONE, Safety.UNSAFE, new Script(REFUSED, Outcome.SUCCESS));
        }
        caller.stop();
        assertThat(ended.all)
                .extracting(Observation.Context::getName)
                .containsExactly("inmesh.client.attempt", "inmesh.client.attempt", "inmesh.client.call", "caller");
        Observation.Context first = ended.all.get(0);
        Observation.Context second = ended.all.get(1);
        Observation.Context call = ended.all.get(2);
        assertThat(Objects.requireNonNull(call.getParentObservation()).getContextView())
                .isSameAs(ended.all.get(3));
        assertThat(List.of(first, second)).allSatisfy(attempt -> assertThat(
                        Objects.requireNonNull(attempt.getParentObservation()).getContextView())
                .isSameAs(call));
        assertThat(List.of(high(first, "endpoint"), high(second, "endpoint")))
                .containsExactlyInAnyOrder("10.0.0.1:8080", "10.0.0.2:8080");
        Observation.Context known = high(first, "endpoint").equals("10.0.0.1:8080") ? first : second;
        Observation.Context unknown = known == first ? second : first;
        assertThat(List.of(high(known, "pod"), high(known, "node"), high(known, "zone")))
                .containsExactly("orders-1", "n1", "a");
        assertThat(List.of(high(unknown, "pod"), high(unknown, "node"), high(unknown, "zone")))
                .containsOnly("none");
        assertThat(first.getError()).hasMessage(REFUSED.toString());
        assertThat(second.getError()).isNull();
        assertThat(call.getError()).isNull();
        assertThat(high(call, "attempts")).isEqualTo("2");
        assertThat(call.getContextualName()).isEqualTo("call k8s:///orders.shop:http");
    }

    @Test
    void meters_of_observations_have_bounded_tags() throws Exception {
        MeterRegistry meters = new SimpleMeterRegistry();
        registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        publish();
        mesh.attempts(orders).call(PickContext.NONE, Safety.UNSAFE, new Script(REFUSED, Outcome.SUCCESS));
        assertThat(meters.get("inmesh.client.call")
                        .tags("target", "k8s:///orders.shop:http", "outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("inmesh.client.attempt")
                        .tag("outcome", "local_failure")
                        .timer()
                        .getId()
                        .getTags())
                .extracting(tag -> tag.getKey())
                .containsExactlyInAnyOrder("target", "outcome", "error");
        assertThat(meters.get("inmesh.client.attempt").timers()).hasSize(2);
    }

    @Test
    void a_call_without_an_endpoint_has_no_attempt() {
        registry.observationConfig().observationHandler(ended);
        assertThatThrownBy(
                        () -> mesh.attempts(orders).call(PickContext.NONE, Safety.UNSAFE, new Script(Outcome.SUCCESS)))
                .hasCauseInstanceOf(RejectedException.class);
        assertThat(ended.all).hasSize(1);
        assertThat(ended.all.get(0).getName()).isEqualTo("inmesh.client.call");
        assertThat(high(ended.all.get(0), "attempts")).isEqualTo("0");
        assertThat(ended.all.get(0).getError()).isNotNull();
    }

    @Test
    void an_attempt_that_breaks_by_a_mistake_of_the_caller_ends_too() throws Exception {
        registry.observationConfig().observationHandler(ended);
        publish();
        Exchange<String, IOException> broken = new Exchange<>() {
            @Override
            public String send(Lease lease) {
                throw new IllegalStateException("a mistake");
            }

            @Override
            public Outcome outcomeOf(String answer) {
                return Outcome.SUCCESS;
            }

            @Override
            public Outcome outcomeOf(Exception error) {
                return REFUSED;
            }

            @Override
            public IOException failure(Exception reason) {
                return new IOException(reason);
            }
        };
        assertThatThrownBy(() -> mesh.attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, broken))
                .hasMessage("a mistake");
        assertThat(ended.all)
                .extracting(Observation.Context::getName)
                .containsExactly("inmesh.client.attempt", "inmesh.client.call");
        assertThat(ended.all).allSatisfy(each -> assertThat(each.getLowCardinalityKeyValues())
                .contains(KeyValue.of("outcome", "cancelled")));
    }

    @Test
    void a_registry_without_handlers_is_told_nothing() throws Exception {
        publish();
        assertThat(mesh.attempts(orders).call(PickContext.NONE, Safety.UNSAFE, new Script(Outcome.SUCCESS)))
                .isEqualTo("answer");
        assertThat(new MeshObservations(registry).calling(orders.target())).isSameAs(CallObserver.NONE);
    }
}
