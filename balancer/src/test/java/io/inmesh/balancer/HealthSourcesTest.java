package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.state.CountedTrial;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a source of health says reaches every balancer that asked for it, and nothing of a source outlives them. */
class HealthSourcesTest {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);
    private static final Endpoint C = Endpoint.of("10.0.0.3", 80);

    private final Begun sources = new Begun();
    private final List<Told> begun = sources.all;
    private final FakeMesh fake = new FakeMesh(builder -> builder.defaults(Map.of("policy", "round-robin"))
            .health((config, key) -> new Kind("one", sources))
            .health((config, key) -> config.slowStart().isOn() ? new Kind("where slow start is on", sources) : null));

    /** Every source that has begun; itself alone, so that kinds of one test are equal by name. */
    private static final class Begun {
        private final List<Told> all = new ArrayList<>();
    }

    private record Kind(String name, Begun begun) implements HealthSource.Kind {
        @Override
        public HealthSource begin(HealthSource.Site site) {
            Told told = new Told(name, site);
            begun.all.add(told);
            return told;
        }
    }

    /** Says what a test says. */
    private static final class Told implements HealthSource {
        private final String name;
        private final Site site;
        private List<Endpoint> endpoints = List.of();
        private boolean closed;

        Told(String name, Site site) {
            this.name = name;
            this.site = site;
        }

        void say(Endpoint endpoint, Word word) {
            site.lane().execute(() -> site.voice().say(endpoint, word));
        }

        @Override
        public void endpoints(List<Endpoint> now) {
            endpoints = now;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Word out(String why) {
        return Word.out(why, Duration.ofSeconds(30));
    }

    private static Set<Endpoint> picked(LoadBalancer balancer) {
        Set<Endpoint> picked = new HashSet<>();
        for (int i = 0; i < 300; i++) { // Who is just back has a tenth of its weight.
            picked.add(FakeMesh.picked(balancer));
        }
        return picked;
    }

    private static Verdict verdict(LoadBalancer balancer, Endpoint of) {
        return balancer.snapshot().endpoints().stream()
                .filter(view -> view.endpoint().equals(of))
                .map(EndpointView::verdict)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void all_balancers_of_a_port_share_a_source_and_hear_it_and_the_last_one_ends_it() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        LoadBalancer same = fake.mesh.service(FakeMesh.ORDERS + "?policy=random");
        fake.orders(A, B, C);
        assertThat(begun).hasSize(1);
        assertThat(begun.get(0).endpoints).containsExactly(A, B, C);
        fake.events.take();

        begun.get(0).say(B, out("its answers are odd"));
        fake.run();

        assertThat(picked(orders)).containsExactlyInAnyOrder(A, C);
        assertThat(picked(same)).containsExactlyInAnyOrder(A, C);
        assertThat(verdict(same, B)).hasToString("ejected: its answers are odd");
        assertThat(verdict(same, A)).isEqualTo(Verdict.HEALTHY);
        assertThat(fake.events.take())
                .filteredOn(event -> event.startsWith("ejected"))
                .containsExactly("ejected 10.0.0.2:80 its answers are odd PT30S");

        begun.get(0).say(B, Word.HEALTHY);
        fake.run();

        assertThat(picked(orders)).hasSize(3);
        assertThat(verdict(orders, B)).isEqualTo(Verdict.HEALTHY);
        assertThat(fake.events.take())
                .filteredOn(event -> event.startsWith("restored"))
                .containsExactly("restored 10.0.0.2:80");

        orders.close();
        fake.run();
        assertThat(begun.get(0).closed).isFalse();
        same.close();
        fake.run();
        assertThat(begun.get(0).closed).isTrue();
        fake.close();
    }

    @Test
    void the_worst_word_of_several_sources_holds() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?slow-start.window=10s&slow-start.min-percent=100");
        fake.orders(A, B, C);
        assertThat(begun).extracting(told -> told.name).containsExactly("one", "where slow start is on");

        begun.get(0).say(B, out("x"));
        begun.get(1).say(B, Word.onTrial(new CountedTrial(1, outcome -> {}), "y"));
        fake.run();
        assertThat(verdict(orders, B)).hasToString("ejected: x");

        begun.get(1).say(B, out("z"));
        fake.run();
        assertThat(verdict(orders, B)).hasToString("ejected: x; z");

        begun.get(0).say(B, Word.HEALTHY);
        fake.run();
        assertThat(picked(orders)).containsExactlyInAnyOrder(A, C);
        fake.close();
    }

    @Test
    void a_source_is_asked_as_long_as_the_configuration_says_so() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        fake.orders(A, B, C);
        fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("slow-start.window", "10s")), A, B, C);
        assertThat(begun).hasSize(2);
        begun.get(1).say(C, out("slow"));
        fake.run();
        assertThat(picked(orders)).containsExactlyInAnyOrder(A, B);

        fake.orders(A, B, C);

        assertThat(begun.get(1).closed).isTrue();
        assertThat(picked(orders)).hasSize(3);
        fake.close();
    }

    @Test
    void on_trial_one_request_at_a_time_goes_there_and_those_from_before_are_not_counted() {
        List<Outcome> ended = new ArrayList<>();
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        fake.orders(A, B);
        List<Lease> before = List.of(FakeMesh.lease(orders), FakeMesh.lease(orders), FakeMesh.lease(orders));
        begun.get(0).say(B, Word.onTrial(new CountedTrial(1, ended::add), "tried"));
        fake.run();

        assertThat(picked(orders)).as("room for one").hasSize(2);
        Lease trial = leaseOn(orders, B);
        assertThat(picked(orders)).as("no room").containsExactly(A);
        before.forEach(lease -> lease.complete(Outcome.TIMEOUT));
        assertThat(ended).isEmpty();

        trial.complete(Outcome.SUCCESS);
        trial.complete(Outcome.TIMEOUT);
        assertThat(ended).containsExactly(Outcome.SUCCESS);
        assertThat(picked(orders)).hasSize(2);
        fake.close();
    }

    @Test
    void a_stream_that_is_answered_has_passed_its_trial_and_what_its_end_adds_is_heard() {
        List<Outcome> heard = new ArrayList<>();
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        fake.orders(A, B);
        begun.get(0).say(B, Word.onTrial(new CountedTrial(3, heard::add), "tried"));
        fake.run();
        List<Lease> streams = List.of(leaseOn(orders, B), leaseOn(orders, B), leaseOn(orders, B));
        streams.forEach(Lease::streams);
        streams.forEach(Lease::answered);
        streams.forEach(Lease::answered);
        assertThat(heard)
                .as("untimed as they are")
                .containsOnly(Outcome.SUCCESS)
                .hasSize(3);
        assertThat(picked(orders)).as("no room").containsExactly(A);

        heard.clear();
        streams.get(0).complete(Outcome.SUCCESS);
        assertThat(heard).as("told before").isEmpty();
        streams.get(1).complete(Outcome.CANCELLED);
        streams.get(2).complete(Outcome.TIMEOUT);
        assertThat(heard).contains(Outcome.TIMEOUT).doesNotContain(Outcome.SUCCESS);
        assertThat(picked(orders)).hasSize(2);
        fake.close();
    }

    @Test
    void a_conversation_passes_its_trial_with_its_first_message_and_says_nothing_of_latency() {
        List<Outcome> heard = new ArrayList<>();
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=peak-ewma");
        fake.orders(B);
        begun.get(0).say(B, Word.onTrial(new CountedTrial(1, heard::add), "tried"));
        fake.run();
        Member member = (Member) FakeMesh.view(orders);
        Lease conversation = member.beginConversation();
        fake.clock.advance(Duration.ofSeconds(1));
        conversation.answered();

        assertThat(heard).containsExactly(Outcome.SUCCESS);
        conversation.close();
        assertThat(member.latencyNanos()).isNaN();
        fake.close();
    }

    @Test
    void whoever_is_on_trial_is_not_spared_where_nobody_else_is_left() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        fake.orders(A, B);
        begun.get(0).say(B, Word.onTrial(new CountedTrial(1, outcome -> {}), "tried"));
        fake.orders(B);
        FakeMesh.lease(orders);

        assertThat(picked(orders)).containsExactly(B);
        fake.close();
    }

    @Test
    void what_was_said_of_an_endpoint_is_forgotten_when_it_leaves() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
        fake.orders(A, B, C);
        begun.get(0).say(B, out("x"));
        fake.orders(A, C);
        begun.get(0).say(B, out("of one that is gone"));
        fake.events.take();
        fake.orders(A, B, C);

        assertThat(picked(orders)).hasSize(3);
        assertThat(fake.events.take()).noneMatch(event -> event.startsWith("restored") || event.startsWith("ejected"));
        fake.close();
    }

    @Test
    void of_a_port_whose_balancers_have_different_parts_all_parts_are_watched_until_their_balancer_leaves() {
        LoadBalancer part = fake.mesh.service(FakeMesh.ORDERS + "?subset.mode=random&subset.size=2");
        LoadBalancer whole = fake.mesh.service(FakeMesh.ORDERS);
        Endpoint[] six = TestEndpoints.endpoints(6);
        fake.orders(six);
        Told source = begun.get(0);
        assertThat(source.endpoints).containsExactly(six);
        Set<Endpoint> ownPart = picked(part);
        Endpoint outside = Stream.of(six)
                .filter(each -> !ownPart.contains(each))
                .findFirst()
                .orElseThrow();
        source.say(outside, out("x"));
        fake.run();
        fake.events.take();

        part.close();
        part = fake.mesh.service(FakeMesh.ORDERS + "?policy=random&subset.mode=random&subset.size=2");
        fake.run();

        assertThat(begun).hasSize(1);
        assertThat(source.endpoints).containsExactly(six);
        assertThat(verdict(whole, outside)).hasToString("ejected: x");
        assertThat(picked(whole)).hasSize(5).doesNotContain(outside);

        whole.close();
        fake.run();
        assertThat(source.endpoints).as("what is left").hasSize(2).containsAll(picked(part));
        fake.close();
    }

    private static Lease leaseOn(LoadBalancer balancer, Endpoint wanted) {
        for (int i = 0; i < 300; i++) {
            EndpointView next = FakeMesh.view(balancer);
            if (next.endpoint().equals(wanted)) {
                return next.begin();
            }
        }
        throw new AssertionError(wanted + " was never picked");
    }
}
