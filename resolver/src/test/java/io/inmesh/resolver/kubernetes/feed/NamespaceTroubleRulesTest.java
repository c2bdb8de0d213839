package io.inmesh.resolver.kubernetes.feed;

import static io.inmesh.resolver.kubernetes.feed.NamespaceScene.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.WatchAge;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of the services of a namespace when its wide watch cannot be asked or is forbidden, and what their ages tell. */
class NamespaceTroubleRulesTest {
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private final NamespaceScene scene = new NamespaceScene(2);

    @Test
    void while_the_api_is_down_nothing_is_emptied_and_who_waits_hears_why_also_who_comes_later_W12() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.wide().end(new IOException("reset"));
        assertThat(scene.feed("c").finding().trouble())
                .extracting(Trouble::reason)
                .isEqualTo(Reason.NOT_SYNCED);
        assertThat(scene.feed("a").finding().trouble()).as("its own watch runs").isNull();
        scene.open("d");
        assertThat(scene.feed("d").finding().trouble())
                .extracting(Trouble::reason)
                .isEqualTo(Reason.NOT_SYNCED);
        scene.narrow("a").line("MODIFIED", slice("a1", 22, "a", "10.0.0.2"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.2");
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wideOf(slice("a1", 22, "a", "10.0.0.2"));
        assertThat(scene.feed("c").finding().trouble()).isNull();
        assertThat(scene.now("c")).isEmpty();
    }

    @Test
    void who_comes_while_a_wide_list_is_on_its_way_hears_why_it_fails_S11() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.open("d");
        scene.wide().end(new IOException("reset"));
        assertThat(scene.feed("d").finding().trouble())
                .extracting(Trouble::reason)
                .isEqualTo(Reason.NOT_SYNCED);
    }

    @Test
    void a_trouble_of_the_wide_watch_is_over_for_a_service_that_has_its_own_list_W12() {
        scene.threeShareOne();
        scene.close("b", "c");
        scene.wide().line("ERROR", GONE).end(null);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wide().end(new IOException("reset"));
        assertThat(scene.feed("a").finding().trouble()).isNotNull();
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.1");
        scene.narrow("a").list("40", slice("a1", 10, "a", "10.0.0.1"));
        assertThat(scene.feed("a").finding().trouble()).isNull();
    }

    @Test
    void where_a_wide_list_is_forbidden_each_keeps_its_own_and_a_wide_one_is_tried_again_R4() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.wide().refuse(403, null);
        scene.narrow("c").list("21", slice("c1", 15, "c", "10.0.0.3"));
        scene.narrow("c").head(200, null);
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        assertThat(scene.feed("c").finding().trouble()).isNull();
        assertThat(scene.streams.open()).isEqualTo(3);
        scene.open("d");
        assertThat(scene.isWide()).isFalse();
        scene.narrow("d").list("22");
        scene.clock.advance(Duration.ofMinutes(4));
        assertThat(scene.isWide()).isFalse();
        scene.clock.advance(Duration.ofMinutes(1));
        scene.wideOf(slice("c1", 15, "c", "10.0.0.3"));
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    @DisplayName("R-4, W-10: a wide watch in use that is forbidden once or twice stays the one in use")
    void a_wide_watch_that_is_forbidden_for_a_moment_stays_in_use_W10() {
        scene.threeShareOne();
        scene.relist();
        for (int i = 0; i < 2; i++) {
            scene.wide().refuse(403, null);
            scene.clock.runDue();
            assertThat(scene.feed("a").finding().trouble())
                    .extracting(Trouble::reason)
                    .isEqualTo(Reason.FORBIDDEN);
            assertThat(scene.isNarrow("a")).as("refusal %s", i).isFalse();
            scene.clock.advance(Duration.ofSeconds(1));
        }
        scene.wideOf(slice("a1", 40, "a", "10.0.0.8"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.8");
        assertThat(scene.feed("a").finding().trouble()).isNull();
        assertThat(scene.streams.open()).isEqualTo(1);
        scene.relist(); // What was forbidden before counts no more.
        scene.wide().refuse(403, null);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wide().end(new IOException("down"));
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wide().refuse(403, null);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wide().refuse(403, null);
        scene.clock.runDue();
        assertThat(scene.isNarrow("a")).as("two in a row").isFalse();
    }

    @Test
    @DisplayName("W-10: what a server that restarts forbids at first does not end the wish for one watch")
    void a_wide_list_that_is_forbidden_once_after_the_api_was_down_is_asked_for_again_soon_W10() {
        scene.alone(10, "a", "b");
        scene.open("c");
        for (int i = 0; i < 12; i++) {
            scene.wide().end(new IOException("down"));
            scene.clock.advance(Duration.ofSeconds(1));
        }
        scene.wide().refuse(403, null);
        scene.clock.advance(Duration.ofSeconds(1));
        assertThat(scene.isNarrow("c")).isFalse();
        scene.wideOf(slice("c1", 15, "c", "10.0.0.3"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
    }

    @Test
    void a_wide_watch_that_is_forbidden_while_in_use_leaves_what_is_known_until_each_has_its_own_R4_R6_W12() {
        scene.threeShareOne();
        scene.relist();
        for (int i = 0; i < 3; i++) {
            scene.wide().refuse(403, null);
            scene.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.1");
        assertThat(scene.isWide()).isFalse();
        scene.narrow("a").list("41");
        scene.narrow("b").refuse(403, null);
        scene.narrow("c").list("42", slice("c1", 41, "c", "10.0.0.7"));
        assertThat(scene.now("a")).isEmpty();
        assertThat(scene.now("b")).containsExactly("b1=10.0.0.1");
        assertThat(scene.feed("b").finding().trouble())
                .extracting(Trouble::reason)
                .isEqualTo(Reason.FORBIDDEN);
        assertThat(scene.feed("b").finding().trouble())
                .extracting(Trouble::text, Assertions.as(InstanceOfAssertFactories.STRING))
                .contains("endpointslices", "verbs: [list, watch]");
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.7");
    }

    @Test
    void one_who_fails_to_take_note_hinders_neither_the_switch_nor_the_others() {
        scene.alone(10, "a", "b");
        scene.feed("a").listen(() -> {
            throw new IllegalStateException("a listener that fails");
        });
        scene.open("c");
        scene.wideOf(
                slice("a1", 19, "a", "10.0.0.2"), slice("b1", 19, "b", "10.0.0.2"), slice("c1", 15, "c", "10.0.0.3"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.2");
        assertThat(scene.now("b")).containsExactly("b1=10.0.0.2");
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
    }

    @Test
    void ages_tell_which_watch_a_service_stands_on() {
        scene.alone(10, "a", "b");
        assertThat(scene.feed("a").age().orElseThrow().watch()).isEqualTo("endpointslices of a in namespace prod");
        assertThat(scene.feed("a").age().orElseThrow().connected()).isTrue();
        scene.open("c");
        scene.wideOf();
        assertThat(scene.feed("a").age().orElseThrow().watch())
                .isEqualTo("endpointslices (API group 'discovery.k8s.io') in namespace prod");
    }

    private WatchAge age(String service) {
        return scene.feed(service).age().orElseThrow();
    }

    @Test
    @DisplayName(
            "W-12: where a wide watch is forbidden, ages go on from its last sign of life until a list of its own has come")
    void an_age_never_looks_fresher_than_what_the_set_is_built_from_W12() {
        scene.threeShareOne();
        scene.clock.advance(Duration.ofSeconds(31)); // A second until the watch counts as alive.
        scene.relist(); // That what is known is too old proves nothing of it.
        for (int i = 0; i < 3; i++) {
            scene.wide().refuse(403, null);
            scene.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(scene.isWide()).isFalse();
        for (String service : List.of("a", "b", "c")) {
            assertThat(age(service).age()).as(service).isEqualTo(Duration.ofSeconds(34));
            assertThat(age(service).connected()).as(service).isFalse();
        }
        scene.narrow("a").list("41", slice("a1", 21, "a", "10.0.0.2"));
        scene.narrow("a").head(200, null);
        assertThat(age("a").age()).as("a proof of life of its own").isZero();
        assertThat(age("a").watch()).isEqualTo("endpointslices of a in namespace prod");
        scene.narrow("b").refuse(403, null);
        scene.narrow("c").end(new IOException("reset"));
        scene.clock.advance(Duration.ofSeconds(10));
        assertThat(age("b").age()).isGreaterThan(Duration.ofSeconds(13));
        assertThat(age("c").age()).isGreaterThan(Duration.ofSeconds(13));
        assertThat(age("b").watch()).as("what it is built from").startsWith("endpointslices (API group");
    }

    @Test
    @DisplayName(
            "W-6: after a cluster was set back a watch that takes over shows what there is, whatever was shown before")
    void a_takeover_after_a_cluster_was_set_back_W6() {
        scene.alone(1000, "a", "b");
        scene.open("c");
        scene.wide()
                .list(
                        "5",
                        slice(
                                "a1",
                                3,
                                "a",
                                "10.0.0.7")); // Asked for when 1000 had been shown: lists are never that late.
        scene.wide().head(200, null);
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.7");
        assertThat(scene.now("b")).isEmpty();
        scene.wide().line("MODIFIED", slice("a1", 6, "a", "10.0.0.8"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.8");
    }

    @Test
    @DisplayName("W-6: also if it was set back while the list failed")
    void a_takeover_after_a_cluster_was_set_back_while_the_list_failed_W6() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.narrow("a").line("MODIFIED", slice("a1", 1000, "a", "10.0.0.2"));
        scene.wide().refuse(500, null);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.wide().list("50", slice("a1", 40, "a", "10.0.0.7"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.7");
    }

    @Test
    @DisplayName("S-9: what a wide list cannot read, and the watch before it could, stays as it was")
    void a_takeover_does_not_lose_what_it_cannot_read_S9() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.wideOf(bad(slice("a1", 15, "a", "10.0.0.9")), bad(slice("c1", 16, "c", "10.0.0.3")));
        assertThat(scene.history("a")).containsExactly(List.of("a1=10.0.0.1"));
        assertThat(scene.feed("a").finding().trouble()).isNull();
        assertThat(scene.now("b")).isEmpty();
        assertThat(scene.now("c")).isNull();
        assertThat(Objects.requireNonNull(scene.feed("c").finding().trouble()).text())
                .contains("prod/c1 exists but cannot be read");
        scene.open("d");
        scene.narrow("d").list("21", bad(slice("d1", 15, "d", "10.0.0.9")));
        assertThat(scene.now("d")).isNull();
        scene.wide().line("MODIFIED", slice("c1", 22, "c", "10.0.0.3")).line("ADDED", slice("d1", 23, "d", "10.0.0.4"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        assertThat(scene.feed("c").finding().trouble()).isNull();
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.4");
    }

    private static String bad(String slice) {
        return slice.replaceAll("ports: \\[[^]]*]", "ports: 'all of them'");
    }

    @Test
    void a_role_that_is_missing_for_good_is_said_once_though_it_is_asked_for_again_and_again_R4_R6() {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        int asked = 0;
        try {
            scene.alone(10, "a", "b");
            scene.open("c");
            for (int i = 0; i < 4; i++) {
                scene.wide().refuse(403, null);
                asked++;
                scene.clock.advance(WideRight.ASK_AGAIN);
            }
        } finally {
            System.setErr(before);
        }
        assertThat(asked).isEqualTo(4);
        assertThat(said.toString(StandardCharsets.UTF_8).split("each service is watched by itself instead", -1))
                .as("said once")
                .hasSize(2);
    }
}
