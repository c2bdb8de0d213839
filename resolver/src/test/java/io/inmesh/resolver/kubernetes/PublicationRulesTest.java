package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** W-12: what a listener hears, and when. */
class PublicationRulesTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final String READY = "{ready: true}";
    private static final String SERVICE =
            "{metadata: {name: 'shop', namespace: 'prod', uid: 'u', resourceVersion: '3'},"
                    + " spec: {clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}]}}";

    private final FakeClock clock = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
            api, LOWEST, host -> List.of(), Runnable::run, Duration.ofSeconds(30), 8, WatchConfig.DEFAULT, null)));
    private final Context context = new Context(clock, clock);
    private final Heard heard = new Heard();
    private final KubernetesResolver resolver = resolver("http");

    private KubernetesResolver resolver(String port) {
        Wanted wanted = new Wanted(Samples.SHOP, null, port, Protocol.TCP);
        return new KubernetesResolver(new ServiceQuestion(wanted, Samples.rules(Samples.INSIDE)), feeds, context);
    }

    @BeforeEach
    void start() {
        resolver.start(heard);
        clock.runDue();
    }

    private Exchange service() {
        return running("/services?");
    }

    private Exchange slices() {
        return running("/endpointslices?");
    }

    private Exchange running(String part) {
        clock.runDue();
        return api.exchanges.stream()
                .filter(exchange -> exchange.path.contains(part))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private void synced() {
        service().list("3", SERVICE);
        slices().list("3", Samples.json("s1", "2", Samples.endpoint("10.1.0.1", READY)));
        service().head(200, null);
        slices().head(200, null);
        clock.runDue();
        heard.forget();
        clock.advance(Duration.ofSeconds(1)); // Quiet.
    }

    @Test
    void nothing_is_said_before_both_lists_are_complete_A14() {
        slices().list("3", Samples.json("s1", "2", Samples.endpoint("10.1.0.1", READY)));
        clock.advance(Duration.ofSeconds(5));
        assertThat(heard.messages()).isEmpty();
        service().list("3", SERVICE);
        clock.runDue();
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080");
        assertThat(heard.messages()).hasSize(1);
    }

    @Test
    void a_service_that_is_missing_is_no_verdict_before_the_slices_are_listed_A14() {
        service().list("3");
        clock.runDue();
        assertThat(heard.messages()).isEmpty();
        slices().list("3");
        clock.runDue();
        assertThat(heard.unresolved()).singleElement().satisfies(told -> assertThat(told.reason())
                .isEqualTo(Reason.NOT_FOUND));
    }

    @Test
    void all_buffered_events_are_applied_before_one_publication_A12() {
        synced();
        slices().line("ADDED", Samples.json("s2", "10", Samples.endpoint("10.1.0.2", READY)))
                .line("MODIFIED", Samples.json("s1", "11"))
                .line(
                        "MODIFIED",
                        Samples.json(
                                "s2", "12", Samples.endpoint("10.1.0.1", READY), Samples.endpoint("10.1.0.3", READY)));
        clock.runDue();
        assertThat(heard.sets())
                .as("neither without 1, which moved, nor with 2")
                .singleElement()
                .satisfies(set -> assertThat(Heard.usable(set)).containsExactly("10.1.0.1:8080", "10.1.0.3:8080"));
    }

    @Test
    void a_change_of_versions_alone_is_not_published_A13() {
        synced();
        slices().line("MODIFIED", Samples.json("s1", "10", Samples.endpoint("10.1.0.1", READY)));
        service().line("MODIFIED", SERVICE.replace("'3'", "'11'"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.messages()).isEmpty();
    }

    @Test
    void the_first_change_of_a_quiet_set_is_published_at_once_and_churn_at_most_20_times_a_second() {
        synced();
        slices().line("MODIFIED", Samples.json("s1", "10", Samples.endpoint("10.1.0.9", READY)));
        clock.runDue();
        assertThat(heard.sets()).as("at once").hasSize(1);
        for (int i = 0; i < 1000; i++) { // A change every millisecond.
            clock.advance(Duration.ofMillis(1));
            slices().line(
                            "MODIFIED",
                            Samples.json("s1", "" + (100 + i), Samples.endpoint("10.1.0." + (i % 200), READY)));
        }
        clock.advance(Duration.ofMillis(50));
        assertThat(heard.sets()).hasSizeBetween(20, 22);
        assertThat(Heard.usable(heard.last())).as("the last state").containsExactly("10.1.0.199:8080");
    }

    @Test
    void ten_thousand_changes_in_one_second_are_at_most_20_publications() {
        synced();
        for (int i = 0; i < 10_000; i++) { // Ten every millisecond, from the first to the last of a second.
            slices().line("MODIFIED", Samples.json("s1", "" + (100 + i), Samples.endpoint("10.1.1." + i % 241, READY)));
            if (i % 10 == 9 && i < 9_999) {
                clock.advance(Duration.ofMillis(1));
            }
        }
        assertThat(heard.sets()).hasSizeBetween(10, 20);
        clock.advance(Duration.ofMillis(60)); // A batch of a flood, and the pause between publications.
        assertThat(Heard.usable(heard.last())).as("the last state").containsExactly("10.1.1." + 9_999 % 241 + ":8080");
    }

    @Test
    void revisions_rise_with_each_set() {
        synced();
        for (int i = 1; i <= 3; i++) {
            slices().line("MODIFIED", Samples.json("s1", "" + (20 + i), Samples.endpoint("10.1.1." + i, READY)));
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(heard.sets()).extracting(set -> set.revision()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void an_outage_is_told_once_keeps_the_set_and_its_end_is_told_W12() {
        synced();
        for (int i = 0; i < 5; i++) {
            service().end(new IOException("attempt " + i));
            slices().end(new IOException("attempt " + i));
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(heard.messages()).as("neither empty sets nor repetitions").hasSize(1);
        assertThat(heard.unresolved()).singleElement().satisfies(told -> {
            assertThat(told.reason()).isEqualTo(Reason.NOT_SYNCED);
            assertThat(told.reason().replacesKnownSet()).isFalse();
            assertThat(told.text())
                    .startsWith("shop in namespace prod, port http: ")
                    .contains("http://api.test");
        });
        service().head(200, null);
        clock.runDue();
        assertThat(heard.messages()).as("half of it is not enough").hasSize(1);
        slices().head(200, null);
        clock.advance(Duration.ofMillis(50));
        assertThat(heard.sets()).singleElement().satisfies(set -> assertThat(Heard.usable(set))
                .containsExactly("10.1.0.1:8080"));
    }

    @Test
    void another_situation_is_told_as_such() {
        synced();
        slices().end(new IOException("reset"));
        clock.advance(Duration.ofSeconds(1));
        slices().end(new IOException("refused"));
        clock.advance(Duration.ofSeconds(1));
        slices().refuse(403, null);
        clock.runDue();
        assertThat(heard.unresolved())
                .extracting(told -> told.reason())
                .containsExactly(Reason.NOT_SYNCED, Reason.FORBIDDEN);
    }

    @Test
    void a_second_resolver_hears_the_known_state_without_a_request_and_has_revisions_of_its_own() {
        synced();
        int requests = api.exchanges.size();
        Heard second = new Heard();
        try (KubernetesResolver late = resolver("80")) {
            late.start(second);
            clock.runDue();
            assertThat(second.last().revision()).isEqualTo(1);
            assertThat(api.exchanges).hasSize(requests);
        }
    }

    @Test
    void a_second_resolver_hears_of_a_trouble_that_lasts() {
        service().refuse(403, null);
        clock.runDue();
        Heard second = new Heard();
        try (KubernetesResolver late = resolver("80")) {
            late.start(second);
            clock.runDue();
            assertThat(second.unresolved()).hasSize(1);
        }
    }

    @Test
    void both_streams_end_some_time_after_the_last_close_and_leave_no_timer_and_nothing_is_heard_after() {
        synced();
        Heard second = new Heard();
        KubernetesResolver other = resolver("80");
        other.start(second);
        clock.runDue();
        Exchange slices = slices();
        Exchange service = service();
        resolver.close();
        assertThat(slices.cancelled).isFalse();
        slices.line("MODIFIED", Samples.json("s1", "30", Samples.endpoint("10.1.0.7", READY)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.messages()).isEmpty();
        assertThat(second.sets()).hasSize(2);
        other.close();
        slices.line("MODIFIED", Samples.json("s1", "31", Samples.endpoint("10.1.0.8", READY)));
        clock.advance(Feeds.LINGER.minusMillis(1));
        assertThat(slices.cancelled)
                .as("whoever comes back soon finds it known")
                .isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(slices.cancelled).isTrue();
        assertThat(service.cancelled).isTrue();
        assertThat(clock.timers()).isZero();
        assertThat(second.sets()).hasSize(2);
    }

    @Test
    void closing_twice_counts_once() {
        synced();
        KubernetesResolver other = resolver("80");
        other.start(new Heard());
        clock.runDue();
        other.close();
        other.close();
        clock.advance(Feeds.LINGER);
        assertThat(slices().cancelled).isFalse();
        resolver.close();
        clock.advance(Feeds.LINGER);
        assertThat(slices().cancelled).isTrue();
    }

    @Test
    void who_comes_back_soon_finds_it_known_and_who_leaves_again_has_the_whole_time_again() {
        synced();
        resolver.close();
        clock.advance(Feeds.LINGER.dividedBy(2));
        int requests = api.exchanges.size();
        Heard again = new Heard();
        KubernetesResolver back = resolver("http");
        back.start(again);
        clock.runDue();
        assertThat(again.sets()).hasSize(1);
        assertThat(api.exchanges).hasSize(requests);
        back.close();
        clock.advance(Feeds.LINGER.dividedBy(2));
        assertThat(slices().cancelled).as("the first timer counts no more").isFalse();
        clock.advance(Feeds.LINGER.dividedBy(2));
        assertThat(slices().cancelled).isTrue();
    }

    @Test
    void a_mesh_that_closes_ends_at_once_what_lingers() {
        synced();
        resolver.close();
        clock.runDue();
        feeds.release(context);
        assertThat(slices().cancelled).isTrue();
        assertThat(service().cancelled).isTrue();
    }

    @Test
    void what_one_listener_throws_keeps_nothing_from_the_others() {
        KubernetesResolver broken = resolver("http");
        broken.start(new Resolver.Listener() {
            @Override
            public void onUpdate(EndpointSet set) {
                throw new IllegalStateException("a listener's own fault");
            }

            @Override
            public void onUnresolved(Unresolved unresolved) {
                throw new IllegalStateException("a listener's own fault");
            }
        });
        synced();
        slices().line("MODIFIED", Samples.json("s1", "30", Samples.endpoint("10.1.0.7", READY)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.7:8080");
        broken.close();
    }

    @Test
    void the_end_of_a_trouble_is_told_even_if_at_that_moment_there_was_nothing_to_tell_W12() {
        synced();
        Exchange shop = service();
        shop.line(
                "MODIFIED",
                SERVICE.replace("'3'", "'11'")
                        .replace("{clusterIP:", "{type: 'ExternalName', externalName: 'b.prod.svc', clusterIP:"));
        running("metadata.name%3Db").end(new IOException("reset"));
        clock.runDue();
        assertThat(heard.unresolved()).singleElement().satisfies(told -> assertThat(told.reason())
                .isEqualTo(Reason.NOT_SYNCED));
        clock.advance(Duration.ofMillis(100));
        running("metadata.name%3Db").list("12"); // Its slices are not listed: nothing is known, and nothing hinders.
        clock.advance(Duration.ofSeconds(1));
        heard.forget();
        shop.line("MODIFIED", SERVICE.replace("'3'", "'13'"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.sets()).as("the set of before, again").singleElement().satisfies(set -> assertThat(
                        Heard.usable(set))
                .containsExactly("10.1.0.1:8080"));
    }

    private static String triggered(String name, String version, String time, String... endpoints) {
        return Samples.json(name, version, endpoints)
                .replace(
                        "labels:",
                        "annotations: {'other': {'deep': [1]}, 'endpoints.kubernetes.io/last-change-trigger-time': '"
                                + time + "'}, labels:");
    }

    private void changed(String name, String version, String time, String address) {
        slices().line("MODIFIED", triggered(name, version, time, Samples.endpoint(address, READY)));
        clock.advance(Duration.ofSeconds(1));
    }

    private @Nullable Instant lastTrigger() {
        return heard.last().triggered();
    }

    @Test
    @DisplayName("A-15: when a change was triggered is told with the first publication after it, and only with that")
    void A_15_a_trigger_time_is_told_once() {
        synced();
        changed("s1", "10", "2026-03-01T08:00:00.5Z", "10.1.0.2");
        assertThat(lastTrigger()).isEqualTo("2026-03-01T08:00:00.5Z");
        changed("s1", "11", "2026-03-01T08:00:00.5Z", "10.1.0.3");
        assertThat(lastTrigger()).as("the same again").isNull();
        changed("s1", "12", "2026-03-01T07:00:00Z", "10.1.0.4");
        assertThat(lastTrigger()).as("earlier").isNull();
        changed("s1", "13", "2026-03-01T10:00:01+01:00", "10.1.0.5");
        assertThat(lastTrigger()).as("an hour east").isEqualTo("2026-03-01T09:00:01Z");
        slices().line("MODIFIED", Samples.json("s1", "14", Samples.endpoint("10.1.0.6", READY)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(lastTrigger()).as("another cause, so unsaid").isNull();
        changed("s1", "15", "yesterday", "10.1.0.7");
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.7:8080");
        assertThat(lastTrigger()).as("cannot be read").isNull();
        assertThat(heard.sets()).hasSize(6);
    }

    @Test
    @DisplayName("A-15: what the first sync brings happened before this client asked")
    void A_15_the_first_sync_tells_no_trigger_time() {
        service().list("3", SERVICE);
        slices().list("3", triggered("s1", "2", "2026-03-01T08:00:00Z", Samples.endpoint("10.1.0.1", READY)));
        service().head(200, null);
        slices().head(200, null);
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.sets()).hasSize(1);
        assertThat(lastTrigger()).isNull();
        changed("s1", "10", "2026-03-01T08:00:00Z", "10.1.0.2");
        assertThat(lastTrigger()).as("not above what the sync brought").isNull();
        changed("s2", "11", "2026-03-01T08:00:01Z", "10.1.0.3");
        assertThat(lastTrigger()).isEqualTo("2026-03-01T08:00:01Z");
    }

    @Test
    @DisplayName("A-15: a trigger time is no content: it alone causes no publication, and a later one does not tell it")
    void A_15_a_trigger_time_is_no_content() {
        synced();
        changed("s1", "10", "2026-03-01T08:00:00Z", "10.1.0.1");
        assertThat(heard.messages()).isEmpty();
        service().line("MODIFIED", SERVICE.replace("'3'", "'11'").replace("uid: 'u'", "uid: 'other'"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.sets()).hasSize(1);
        assertThat(lastTrigger()).isNull();
    }
}
