package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.HintUse;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.SourceChoice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an answer can do without, the own node's zone and weights of pods, is not waited for once a set is known. */
class PendingExtrasTest extends ResolverScene {
    private static final String SELECTING = SERVICE.replace("spec: {", "spec: {selector: {app: 'one'}, ");

    PendingExtrasTest() {
        super(new ClientRules(
                new ClientPlace(new Locality("n1", null), null, null, Set.of(AddressFamily.IPV4)),
                HintUse.NODES_AND_ZONES,
                HintUse.NONE,
                SourceChoice.AUTO,
                true,
                Target.DEFAULT_CLUSTER_DOMAIN));
    }

    private static String endpoint(String address, String pod, String more) {
        return "{addresses: ['" + address + "'], conditions: {ready: true}, targetRef: {kind: 'Pod', name: '" + pod
                + "', namespace: 'prod', uid: '" + pod + "'}" + more + "}";
    }

    private static String pod(String name, int version, int weight) {
        return "{metadata: {name: '" + name + "', namespace: 'prod', uid: '" + name + "', resourceVersion: '" + version
                + "', annotations: {'inmesh.io/weight': '" + weight + "'}}}";
    }

    private void listed(String service, String... endpoints) {
        service().list("3", service);
        slices().list("3", Samples.json("s1", "2", endpoints));
        service().head(200, null);
        slices().head(200, null);
        clock.runDue();
    }

    private void change(int version, String... endpoints) {
        slices().line("MODIFIED", Samples.json("s1", Integer.toString(version), endpoints));
        clock.runDue();
    }

    private List<String> weights() {
        return heard.last().endpoints().stream()
                .map(each -> each.host() + "=" + each.weight())
                .toList();
    }

    private List<String> usable() {
        return Heard.usable(heard.last()).stream()
                .map(address -> address.replace(":8080", ""))
                .toList();
    }

    private void weighted() {
        listed(SELECTING, endpoint("10.1.0.1", "p1", ""));
        running("/pods?").list("3", pod("p1", 2, 5));
        running("/pods?").head(200, null);
        clock.advance(Duration.ofSeconds(1));
        assertThat(weights()).containsExactly("10.1.0.1=5");
        heard.forget();
    }

    @Test
    @DisplayName("W-18: the first set waits for weights that come soon, so that it has them from the beginning")
    void the_first_set_waits_for_weights_that_come_soon() {
        listed(SELECTING, endpoint("10.1.0.1", "p1", ""));
        clock.advance(Duration.ofMillis(900));
        assertThat(heard.messages()).isEmpty();
        running("/pods?").list("3", pod("p1", 2, 5));
        clock.runDue();
        assertThat(weights()).containsExactly("10.1.0.1=5");
        assertThat(heard.sets()).hasSize(1);
        clock.advance(Duration.ofSeconds(2));
        assertThat(heard.sets()).hasSize(1);
    }

    @Test
    @DisplayName("W-18: the first set waits a second for weights and no longer")
    void the_first_set_does_not_wait_for_weights_that_do_not_come() {
        listed(SELECTING, endpoint("10.1.0.1", "p1", ""));
        clock.advance(Duration.ofSeconds(1));
        assertThat(weights()).containsExactly("10.1.0.1=1");
        change(10, endpoint("10.1.0.1", "p1", ""), endpoint("10.1.0.2", "p2", ""));
        clock.advance(Duration.ofMillis(50));
        assertThat(weights()).containsExactly("10.1.0.1=1", "10.1.0.2=1");
        running("/pods?").list("3", pod("p1", 2, 5));
        clock.advance(Duration.ofMillis(50));
        assertThat(weights()).containsExactly("10.1.0.1=5", "10.1.0.2=1");
    }

    @Test
    @DisplayName("W-12: while the pods of a changed selector are asked for, changes go on and known weights stay")
    void a_changed_selector_holds_back_no_change_and_known_weights_stay() {
        weighted();
        service().line("MODIFIED", SELECTING.replace("'3'", "'11'").replace("'one'", "'two'"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(running("/pods?").path).contains("two");
        assertThat(heard.sets()).as("nothing has changed so far").isEmpty();
        change(12, endpoint("10.1.0.1", "p1", ""), endpoint("10.1.0.2", "p2", ""));
        assertThat(weights()).as("at once").containsExactly("10.1.0.1=5", "10.1.0.2=1");
        running("/pods?").end(new IOException("reset"));
        clock.advance(Duration.ofMillis(120));
        change(13, endpoint("10.1.0.1", "p1", ""));
        assertThat(weights()).as("nor when they cannot be asked for").containsExactly("10.1.0.1=5");
        clock.advance(Duration.ofSeconds(1));
        running("/pods?").list("14", pod("p1", 14, 7));
        clock.advance(Duration.ofMillis(60));
        assertThat(weights()).containsExactly("10.1.0.1=7");
        assertThat(heard.sets())
                .flatExtracting(set -> set.endpoints().stream()
                        .filter(each -> each.host().equals("10.1.0.1"))
                        .map(Endpoint::weight)
                        .toList())
                .as("never back to 1")
                .containsOnly(5, 7);
    }

    @Test
    @DisplayName("T-11: while the zone of the own node is asked for it counts as unknown, and changes go on")
    void hints_that_come_later_hold_back_no_change_while_the_zone_is_asked_for_T11() {
        listed(SERVICE, endpoint("10.1.0.1", "p1", ""), endpoint("10.1.0.2", "p2", ""));
        clock.advance(Duration.ofSeconds(1));
        heard.forget();
        String inA = ", hints: {forZones: [{name: 'a'}]}";
        String inB = ", hints: {forZones: [{name: 'b'}]}";
        change(10, endpoint("10.1.0.1", "p1", inA), endpoint("10.1.0.3", "p3", inB));
        assertThat(usable()).as("at once").containsExactly("10.1.0.1", "10.1.0.3");
        running("/nodes/n1")
                .answer(
                        200,
                        Samples.json("{metadata: {name: 'n1', labels: {'topology.kubernetes.io/zone': 'a'}}}")
                                .toString());
        clock.advance(Duration.ofMillis(60));
        assertThat(usable()).containsExactly("10.1.0.1");
        change(
                11,
                endpoint("10.1.0.1", "p1", ""),
                endpoint("10.1.0.3", "p3", "")); // Hints go, for longer than it lingers,
        clock.advance(Duration.ofSeconds(40));
        change(12, endpoint("10.1.0.1", "p1", inA), endpoint("10.1.0.3", "p3", inB)); // and come back.
        assertThat(usable()).as("what was known last").containsExactly("10.1.0.1");
    }

    @Test
    @DisplayName("T-10: the first set waits a second for the zone of the own node and no longer")
    void the_first_set_does_not_wait_long_for_the_zone_T10() {
        listed(SERVICE, endpoint("10.1.0.1", "p1", ", hints: {forZones: [{name: 'a'}]}"));
        clock.advance(Duration.ofMillis(999));
        assertThat(heard.messages()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(usable()).containsExactly("10.1.0.1");
        resolver.close();
        clock.advance(Duration.ofMinutes(1));
        assertThat(clock.timers()).isZero();
    }

    @Test
    void who_closes_while_the_first_set_waits_leaves_no_timer() {
        listed(SELECTING, endpoint("10.1.0.1", "p1", ""));
        resolver.close();
        feeds.close();
        clock.runDue();
        assertThat(clock.timers()).isZero();
    }
}
