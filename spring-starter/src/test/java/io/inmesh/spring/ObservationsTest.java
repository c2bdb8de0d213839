package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.balancer.micrometer.MeshObservations;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.web.reactive.function.client.WebClient;

/** What traces show of a request of Spring's clients. */
@Timeout(120)
class ObservationsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Keeps what has ended. */
    static final class Ended implements ObservationHandler<Observation.Context> {
        private final List<Observation.Context> all = new CopyOnWriteArrayList<>();

        @Override
        public void onStop(Observation.Context context) {
            all.add(context);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        List<Observation.Context> named(String name) {
            return all.stream().filter(each -> name.equals(each.getName())).toList();
        }
    }

    private final ApplicationContextRunner observed = Contexts.withWebClient(context)
            .withConfiguration(AutoConfigurations.of(
                    ObservationAutoConfiguration.class,
                    RestClientObservationAutoConfiguration.class,
                    WebClientObservationAutoConfiguration.class,
                    InmeshObservationAutoConfiguration.class));

    private static Object parentOf(Observation.Context context) {
        return Objects.requireNonNull(context.getParentObservation(), "a parent")
                .getContextView();
    }

    private static String ask(ApplicationContext started, String how) {
        if (how.equals("RestClient")) {
            return get(client(started), "http://orders.shop/");
        }
        WebClient client = started.getBean(WebClient.Builder.class).build();
        return String.valueOf(client.get()
                .uri("http://orders.shop/")
                .retrieve()
                .bodyToMono(String.class)
                .block(LIMIT));
    }

    @ParameterizedTest
    @CsvSource({
        "RestClient, inmesh.enabled=true",
        "WebClient, inmesh.enabled=true",
        "RestClient, inmesh.services.orders.shop.retry.timeout=20s"
    })
    void attempts_nest_below_their_call_and_that_below_springs_own_observation(String how, String setting)
            throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(81), good.endpoint());
        observed.withPropertyValues(setting).withBean(Ended.class).run(started -> {
            Ended ended = started.getBean(Ended.class);
            for (int i = 0; i < 3; i++) {
                assertThat(ask(started, how)).isEqualTo(good.name());
            }
            await().atMost(LIMIT)
                    .until(() -> ended.named("http.client.requests").size() == 3);
            List<Observation.Context> calls = ended.named("inmesh.client.call");
            List<Observation.Context> attempts = ended.named("inmesh.client.attempt");
            assertThat(calls).hasSize(3);
            assertThat(attempts)
                    .as("at least one of three calls met nobody first")
                    .hasSizeBetween(4, 6);
            assertThat(calls.stream().map(ObservationsTest::parentOf))
                    .containsExactlyInAnyOrderElementsOf(ended.named("http.client.requests"));
            assertThat(attempts)
                    .allSatisfy(attempt -> assertThat(calls).contains((Observation.Context) parentOf(attempt)));
            assertThat(attempts)
                    .filteredOn(attempt -> attempt.getError() == null)
                    .extracting(attempt -> Objects.requireNonNull(attempt.getHighCardinalityKeyValue("pod"))
                            .getValue())
                    .containsOnly(good.name());
        });
    }

    @Test
    void grpc_calls_nest_below_micrometers_own_observation_and_their_callers() {
        try (GrpcPod good = GrpcPod.start(43)) {
            cluster.publish("orders.shop:grpc", good.endpoint());
            observed.withBean(Ended.class)
                    .withConfiguration(AutoConfigurations.of(
                            GrpcClientAutoConfiguration.class,
                            CompositeChannelFactoryAutoConfiguration.class,
                            GrpcClientObservationAutoConfiguration.class,
                            InmeshGrpcAutoConfiguration.class))
                    .run(started -> {
                        Ended ended = started.getBean(Ended.class);
                        ObservationRegistry registry = started.getBean(ObservationRegistry.class);
                        ManagedChannel channel =
                                started.getBean(GrpcChannelFactory.class).createChannel("k8s:///orders.shop:grpc");
                        GrpcPod.nameOf(channel); // The first one may wait for the channel, and go on on another thread.
                        Observation caller = Observation.createNotStarted("caller", registry);
                        caller.observe(() -> GrpcPod.nameOf(channel));
                        await().atMost(LIMIT)
                                .until(() -> ended.named("grpc.client").size() == 2
                                        && ended.named("inmesh.client.call").size() == 2);
                        Observation.Context call =
                                ended.named("inmesh.client.call").get(1);
                        Observation.Context client = ended.named("grpc.client").get(1);
                        assertThat(parentOf(client)).isEqualTo(caller.getContext());
                        assertThat(parentOf(call)).isEqualTo(client);
                        assertThat(ended.named("inmesh.client.attempt"))
                                .hasSize(2)
                                .last()
                                .satisfies(
                                        attempt -> assertThat(parentOf(attempt)).isEqualTo(call));
                        assertThat(call.getLowCardinalityKeyValue("target"))
                                .asString()
                                .contains("orders.shop:grpc");
                    });
        }
    }

    @Test
    void nothing_is_observed_where_it_is_switched_off_or_nobody_observes() {
        observed.withPropertyValues("inmesh.observations.enabled=false")
                .run(started -> assertThat(started).doesNotHaveBean(MeshObservations.class));
        ApplicationContextRunner without =
                context.withConfiguration(AutoConfigurations.of(InmeshObservationAutoConfiguration.class));
        without.run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(MeshObservations.class));
        without.withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.webclient", "org.springframework.boot.micrometer.observation"))
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(MeshObservations.class));
    }

    @Test
    void a_bean_of_the_applications_own_replaces_ours() {
        observed.withBean("own", MeshObservations.class, () -> new MeshObservations(ObservationRegistry.create()))
                .run(started -> assertThat(started)
                        .hasSingleBean(MeshObservations.class)
                        .hasBean("own"));
    }
}
