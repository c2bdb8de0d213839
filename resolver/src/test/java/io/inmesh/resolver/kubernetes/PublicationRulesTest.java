package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** W-12: what a listener hears, and when. */
class PublicationRulesTest extends ResolverScene {

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
}
