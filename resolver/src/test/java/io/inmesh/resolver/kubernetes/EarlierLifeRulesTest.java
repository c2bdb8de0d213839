package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.rule.Question;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.snapshot.Snapshots;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told when of an earlier life, however slow the disk and the API server are; both run on clocks of their own. */
class EarlierLifeRulesTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final String SERVICE =
            "{metadata: {name: 'shop', namespace: 'prod', uid: 'u', resourceVersion: '3'},"
                    + " spec: {clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}]}}";

    private final FakeClock clock = new FakeClock();
    private final FakeClock disk = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
            api, LOWEST, host -> List.of(), Runnable::run, Duration.ofSeconds(30), 8, WatchConfig.DEFAULT, null)));
    private final Context context = new Context(clock, clock);
    private final Question question =
            new ServiceQuestion(new Wanted(Samples.SHOP, null, "http", Protocol.TCP), Samples.rules(Samples.INSIDE));
    private final List<String> warnings = new ArrayList<>();
    private final Heard heard = new Heard();
    private Path directory = Path.of("");

    @BeforeEach
    void afterAnEarlierLife(@TempDir Path given) {
        directory = given;
        KubernetesResolver earlier = resolver();
        earlier.start(new Heard());
        synced("10.1.0.1");
        earlier.close();
        feeds.release(context);
        clock.advance(Duration.ofMinutes(1));
        disk.advance(Duration.ofMinutes(1));
        api.exchanges.clear();
    }

    private KubernetesResolver resolver() {
        Snapshots snapshots = new Snapshots(
                new Snapshots.Means(directory, disk, () -> Instant.ofEpochSecond(1_600_000_000), warnings::add));
        PlacedSnapshots use = new EarlierLives(snapshots, disk, api.url()).use(question);
        return new KubernetesResolver(question, feeds, context, use, new Sayings());
    }

    private KubernetesResolver started() {
        KubernetesResolver resolver = resolver();
        resolver.start(heard);
        clock.runDue();
        return resolver;
    }

    private Exchange running(String part) {
        clock.runDue();
        return api.exchanges.stream()
                .filter(exchange -> exchange.path.contains(part))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private void synced(String address) {
        running("/services?").list("3", SERVICE);
        running("/endpointslices?").list("3", Samples.json("s1", "2", Samples.endpoint(address, "{ready: true}")));
        clock.runDue();
    }

    private void unreachable() {
        running("/services?").end(new IOException("refused"));
        running("/endpointslices?").end(new IOException("refused"));
        clock.runDue();
    }

    private void diskAnswers() {
        disk.runDue();
        clock.runDue();
    }

    private List<String> told() {
        return heard.messages().stream()
                .map(message -> message instanceof EndpointSet set
                        ? (set.stale() ? "stale " : "live ") + Heard.usable(set)
                        : ((Unresolved) message).reason().name())
                .toList();
    }

    @Test
    void what_hinders_is_told_behind_the_set_that_is_being_read() {
        started();
        unreachable();
        assertThat(told()).as("the disk is slower than the refusal").isEmpty();
        diskAnswers();
        assertThat(told()).containsExactly("stale [10.1.0.1:8080]", "NOT_SYNCED");
    }

    @Test
    void a_set_that_was_read_waits_until_it_is_needed() {
        started();
        diskAnswers();
        assertThat(told()).isEmpty();
        unreachable();
        assertThat(told()).containsExactly("stale [10.1.0.1:8080]", "NOT_SYNCED");
    }

    @Test
    void two_seconds_without_an_answer_are_enough() {
        started();
        diskAnswers();
        clock.advance(EarlierLife.PATIENCE.minusMillis(1));
        assertThat(told()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(told()).containsExactly("stale [10.1.0.1:8080]");
        unreachable();
        assertThat(told()).containsExactly("stale [10.1.0.1:8080]", "NOT_SYNCED");
    }

    @Test
    void a_disk_that_hangs_hides_what_hinders_for_two_seconds_and_what_it_says_late_is_still_used() {
        started();
        unreachable();
        clock.advance(EarlierLife.PATIENCE);
        assertThat(told()).containsExactly(Reason.NOT_SYNCED.name());
        diskAnswers();
        assertThat(told()).containsExactly("NOT_SYNCED", "stale [10.1.0.1:8080]", "NOT_SYNCED");
    }

    @Test
    void an_answer_that_comes_first_makes_the_past_void() {
        started();
        synced("10.1.0.2");
        diskAnswers();
        clock.advance(EarlierLife.PATIENCE.multipliedBy(2));
        assertThat(told()).containsExactly("live [10.1.0.2:8080]");
    }

    @Test
    void the_same_endpoints_told_by_the_cluster_are_told_again_and_are_live() {
        started();
        diskAnswers();
        clock.advance(EarlierLife.PATIENCE);
        synced("10.1.0.1");
        assertThat(told()).containsExactly("stale [10.1.0.1:8080]", "live [10.1.0.1:8080]");
        assertThat(heard.sets()).extracting(EndpointSet::revision).containsExactly(1L, 2L);
    }

    @Test
    void a_stale_set_is_never_kept_anew() {
        started();
        diskAnswers();
        clock.advance(EarlierLife.PATIENCE);
        disk.advance(Duration.ofDays(10));
        assertThat(disk.timers()).as("no renewal").isZero();
    }

    @Test
    void a_resolver_that_is_closed_leaves_no_timer_and_says_nothing() {
        KubernetesResolver resolver = started();
        resolver.close();
        diskAnswers();
        feeds.release(context);
        clock.advance(Feeds.LINGER);
        assertThat(told()).isEmpty();
        assertThat(clock.timers()).isZero();
        assertThat(disk.timers()).isZero();
        assertThat(warnings).isEmpty();
    }

    private void forbidden() {
        for (String kind : List.of("/services?", "/endpointslices?", "/endpoints?")) {
            running(kind).refuse(403, null);
            clock.runDue();
        }
    }

    @Test
    @DisplayName(
            "R-6, W-12: where the API forbids, a set of before serves, and log, observers and ages tell what is wrong")
    void a_server_that_forbids_has_not_answered_and_what_it_forbids_is_told_while_the_past_serves_R6_W12() {
        KubernetesResolver resolver;
        String logged;
        try (LogOfErr log = new LogOfErr()) {
            resolver = started();
            diskAnswers();
            forbidden();
            logged = log.text();
        }
        assertThat(told()).startsWith("stale [10.1.0.1:8080]", "FORBIDDEN").doesNotContain("live []");
        assertThat(heard.unresolved().get(0).text())
                .contains("forbids this client to list services", "verbs: [list, watch]");
        assertThat(heard.unresolved().get(0).reason().replacesKnownSet()).isFalse();
        assertThat(heard.last().stale()).isTrue();
        assertThat(logged)
                .contains("WARN", "the 1 endpoints kept by an earlier life of this process stay in use", "kind: Role");
        for (int i = 0; i < 32; i++) { // It goes on saying no.
            clock.advance(Duration.ofSeconds(15));
            forbidden();
        }
        assertThat(heard.sets()).as("nothing was emptied").hasSize(1);
        assertThat(told()).as("told once for each right").hasSize(3);
        assertThat(resolver.ages())
                .isNotEmpty()
                .allMatch(age -> !age.connected() && age.age().compareTo(Duration.ofMinutes(8)) >= 0);
        clock.advance(Duration.ofSeconds(15));
        synced("10.1.0.2");
        assertThat(told()).endsWith("live [10.1.0.2:8080]");
    }

    @Test
    @DisplayName("R-6, W-12: a live set whose right is withdrawn serves as well, and is told of likewise")
    void a_live_set_whose_right_is_withdrawn_serves_on_and_is_told_of_R6_W12() {
        started();
        synced("10.1.0.2");
        String logged;
        try (LogOfErr log = new LogOfErr()) {
            running("/endpointslices?").refuse(403, null);
            clock.advance(Duration.ofSeconds(1));
            logged = log.text();
        }
        assertThat(told()).containsExactly("live [10.1.0.2:8080]", "FORBIDDEN");
        assertThat(logged).contains("the 1 endpoints known so far stay in use", "endpointslices");
    }
}
