package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An object that cannot be read costs itself alone, and costs nothing of what was known of it. */
class UnreadableObjectRulesTest extends ResolverScene {
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private static String slice(String name, int version, int address) {
        return Samples.json(name, "" + version, Samples.endpoint("10.1.0." + address, READY));
    }

    private static String bad(String slice) {
        return slice.replaceAll("ports: \\[[^]]*]", "ports: 'all of them'");
    }

    private void hear(String type, String slice) {
        slices().line(type, slice);
        clock.advance(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("A-2: of a list with one slice that cannot be read, the others are served")
    void A_2_the_others_are_served() {
        service().list("3", SERVICE);
        slices().list("3", bad(slice("s1", 2, 1)), slice("s2", 2, 2), "null", "7");
        clock.runDue();
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.2:8080");
        Exchange watch = slices();
        watch.head(200, null);
        assertThat(watch.path).contains("watch=1");
        hear("MODIFIED", slice("s1", 4, 1));
        assertThat(Heard.usable(heard.last())).as("mended").containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
    }

    @Test
    @DisplayName("A-3: a slice that cannot be read any more keeps the contribution that it had, also through a list")
    void A_3_the_last_readable_contribution_stays() {
        synced();
        hear("MODIFIED", bad(slice("s1", 10, 9)));
        hear("ADDED", slice("s2", 11, 2));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
        hear("ERROR", GONE);
        slices().list("20", bad(slice("s1", 10, 9)), slice("s2", 11, 3));
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080", "10.1.0.3:8080");
        slices().head(200, null);
        hear("MODIFIED", slice("s1", 21, 9));
        assertThat(Heard.usable(heard.last())).as("mended").containsExactly("10.1.0.3:8080", "10.1.0.9:8080");
    }

    @Test
    @DisplayName("A-3: one that cannot be read is removed by its DELETED event, and by a list without it")
    void A_3_a_delete_removes_it() {
        synced();
        hear("ADDED", slice("s2", 10, 2));
        hear("ADDED", slice("s3", 11, 3));
        hear("MODIFIED", bad(slice("s1", 12, 1)));
        hear("MODIFIED", bad(slice("s2", 13, 2)));
        hear("DELETED", bad(slice("s1", 14, 1)));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.2:8080", "10.1.0.3:8080");
        hear("ERROR", GONE);
        slices().list("20", slice("s3", 11, 3));
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.3:8080");
    }

    @Test
    @DisplayName("S-9: a Service that cannot be read any more still exists")
    void S_9_a_service_that_cannot_be_read_stays_what_it_was() {
        synced();
        service().line("MODIFIED", SERVICE.replace("'3'", "'11'").replace("ports: [", "selector: 'app', ports: ["));
        clock.advance(Duration.ofSeconds(1));
        service().line("ERROR", GONE);
        clock.advance(Duration.ofSeconds(1));
        service().list("20", SERVICE.replace("'3'", "'11'").replace("port: 80", "port: '80'"));
        clock.advance(Duration.ofSeconds(1));
        hear("ADDED", slice("s2", 21, 2));
        assertThat(heard.unresolved()).isEmpty();
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
    }

    @Test
    @DisplayName("W-5: a list whose items are none at all is no empty list")
    void W_5_what_is_no_list_empties_nothing() {
        synced();
        hear("ERROR", GONE);
        for (String body : new String[] {
            "{\"metadata\":{\"resourceVersion\":\"20\"}}",
            "{\"metadata\":{\"resourceVersion\":\"20\"},\"items\":\"none\"}",
            "{\"metadata\":{\"resourceVersion\":\"20\"},\"items\":{}}"
        }) {
            slices().answer(200, body);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(heard.sets()).isEmpty();
        slices().answer(200, "{\"metadata\":{\"resourceVersion\":\"20\"},\"items\":null}");
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).as("A-9: null is empty").isEmpty();
    }
}
