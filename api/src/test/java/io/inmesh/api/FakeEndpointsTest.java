package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeEndpointsTest {
    private static final Endpoint A = Endpoint.of("127.0.0.1", 8080);
    private static final Endpoint B = Endpoint.of("127.0.0.2", 8080);

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Heard heard = new Heard();

    @Test
    void a_resolver_hears_of_what_its_target_has_whenever_that_changes() {
        Resolver resolver = start("orders.shop:http?policy=rr", heard);
        assertThat(heard.messages).as("before anything is said").isEmpty();

        cluster.publish("orders.shop:http", A, B);
        cluster.say("orders.shop:http", new Unresolved(Reason.NOT_FOUND, "gone"));
        cluster.publish("orders.shop:http?policy=random", B);
        cluster.publish("carts.shop:http", A);

        assertThat(heard.messages)
                .containsExactly("[127.0.0.1:8080, 127.0.0.2:8080] 1", "NOT_FOUND: gone", "[127.0.0.2:8080] 2");
        resolver.close();
        assertThat(cluster.resolvers()).isZero();
    }

    @Test
    void one_that_starts_later_hears_the_last_that_was_said() {
        cluster.publish("orders.shop:http", A);
        cluster.publish("orders.shop:http", B);
        start("orders.shop:http", heard);

        assertThat(heard.messages).containsExactly("[127.0.0.2:8080] 2");
    }

    @Test
    void a_closed_resolver_hears_nothing_even_if_it_is_closed_while_others_are_told() {
        List<Resolver> second = new ArrayList<>();
        Heard closing = new Heard() {
            @Override
            public void onUpdate(EndpointSet set) {
                super.onUpdate(set);
                second.forEach(Resolver::close);
            }
        };
        start("orders", closing);
        second.add(start("orders", heard));

        cluster.publish("orders", A);

        assertThat(closing.messages).hasSize(1);
        assertThat(heard.messages).isEmpty();
        assertThat(cluster.resolvers()).isEqualTo(1);
    }

    @Test
    void a_listener_may_publish_the_next_set_and_the_newest_is_what_each_hears_last() {
        Heard publishing = new Heard() {
            @Override
            public void onUpdate(EndpointSet set) {
                super.onUpdate(set);
                if (set.revision() == 1) {
                    cluster.publish("orders", A, B);
                }
            }
        };
        start("orders", publishing);
        start("orders", heard);
        cluster.publish("orders", A);

        assertThat(heard.messages).containsExactly("[127.0.0.1:8080, 127.0.0.2:8080] 2");
        assertThat(publishing.messages).containsExactly("[127.0.0.1:8080] 1", "[127.0.0.1:8080, 127.0.0.2:8080] 2");
    }

    @Test
    void the_set_carries_the_facts_of_the_service_that_is_played() {
        ServiceFacts facts = ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));
        List<EndpointSet> sets = new ArrayList<>();
        Heard keeping = new Heard() {
            @Override
            public void onUpdate(EndpointSet set) {
                sets.add(set);
            }
        };
        start("orders.shop:http", keeping);
        cluster.publish("orders.shop:http", facts, List.of(A));
        cluster.publish("orders.shop:http", A);

        assertThat(sets)
                .extracting(EndpointSet::facts)
                .containsExactly(facts, ServiceFacts.of(ServiceKey.of(Target.parse("orders.shop:http"))));
    }

    @Test
    void a_resolver_is_started_once() {
        Resolver resolver = start("orders", heard);

        assertThatIllegalStateException()
                .isThrownBy(() -> resolver.start(heard))
                .withMessage("the resolver of k8s:///orders was started before (expected: once)");
        assertThat(cluster.resolvers()).isEqualTo(1);
    }

    @Test
    void it_plays_the_scheme_it_was_made_for() {
        assertThat(new FakeEndpoints("static").scheme()).isEqualTo("static");
    }

    private Resolver start(String target, Resolver.Listener listener) {
        FakeClock clock = new FakeClock();
        Resolver resolver = cluster.newResolver(Target.parse(target), new ResolverProvider.Context(clock, clock));
        resolver.start(listener);
        return resolver;
    }

    private static class Heard implements Resolver.Listener {
        final List<String> messages = new ArrayList<>();

        @Override
        public void onUpdate(EndpointSet set) {
            messages.add(set.endpoints().stream().map(Endpoint::address).toList() + " " + set.revision());
        }

        @Override
        public void onUnresolved(Unresolved unresolved) {
            messages.add(unresolved.toString());
        }
    }
}
