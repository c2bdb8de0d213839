package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.rule.Samples;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** what a listener hears of when a change happened. */
class TriggerTimeRulesTest extends ResolverScene {

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
