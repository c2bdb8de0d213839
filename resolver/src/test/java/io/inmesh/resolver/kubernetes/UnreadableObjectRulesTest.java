package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
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

    private static String badService() {
        return SERVICE.replace("port: 80", "port: '80'");
    }

    @Test
    @DisplayName("S-9: a Service that could never be read is not absent, and the text says what is wrong")
    void S_9_a_service_that_could_never_be_read_is_not_absent() {
        service().list("3", badService());
        slices().list("3", slice("s1", 2, 1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.sets()).isEmpty();
        assertThat(heard.unresolved()).singleElement().satisfies(told -> {
            assertThat(told.reason()).isEqualTo(Reason.NOT_SYNCED);
            assertThat(told.text())
                    .contains("services prod/shop exists but cannot be read")
                    .contains("spec.ports[0].port")
                    .contains("look for who wrote it");
        });
        service().head(200, null);
        service().line("MODIFIED", SERVICE.replace("'3'", "'11'"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).as("mended").containsExactly("10.1.0.1:8080");
    }

    @Test
    @DisplayName("S-9: a Service that is created and cannot be read is told; that there is none, no more")
    void S_9_a_service_that_is_created_unreadable() {
        service().list("3");
        slices().list("3", slice("s1", 2, 1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.unresolved().get(0).reason()).isEqualTo(Reason.NOT_FOUND);
        service().head(200, null);
        service().line("ADDED", badService());
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.unresolved().get(heard.unresolved().size() - 1).text()).contains("exists but cannot be read");
        service().line("DELETED", badService());
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.unresolved().get(heard.unresolved().size() - 1).reason())
                .isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    @DisplayName("A-14: where no slice can be read, that there are no endpoints is not concluded")
    void A_14_slices_of_which_none_can_be_read_are_not_none() {
        service().list("3", SERVICE);
        slices().list("3", bad(slice("s1", 2, 1)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.sets()).isEmpty();
        assertThat(heard.unresolved()).singleElement().satisfies(told -> assertThat(told.text())
                .contains("endpointslices prod/s1 exists but cannot be read"));
        slices().head(200, null);
        hear("DELETED", bad(slice("s1", 4, 1)));
        assertThat(Heard.usable(heard.last())).as("now there are none").isEmpty();
    }

    @Test
    @DisplayName("A-14: a known set does not become empty because what is left cannot be read")
    void A_14_a_known_set_stays() {
        synced();
        hear("ADDED", bad(slice("s2", 10, 2)));
        hear("DELETED", slice("s1", 11, 1));
        assertThat(heard.sets()).isEmpty();
        assertThat(heard.unresolved()).singleElement().satisfies(told -> assertThat(told.text())
                .contains("endpointslices prod/s2 exists but cannot be read"));
        hear("MODIFIED", slice("s2", 12, 2));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.2:8080");
    }

    @Test
    @DisplayName("W-5: an item of a list that has no name may be any object, so nothing known is gone")
    void W_5_an_item_without_a_name_deletes_nothing() {
        synced();
        hear("ERROR", GONE);
        slices().list("20", slice("s2", 15, 2), "{metadata: {name: 7}}");
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
        service().line("ERROR", GONE);
        clock.advance(Duration.ofSeconds(1));
        service().list("20", "7");
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.unresolved()).isEmpty();
    }
}
