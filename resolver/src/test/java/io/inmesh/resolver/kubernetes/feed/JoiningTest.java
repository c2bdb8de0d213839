package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.SliceContributions;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Put;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * W-14: what a wide watch read without endpoints, because nobody used the service then, may reach the lane when its list has been
 * told. Only threads at an unlucky moment show that over HTTP, so here it is told by hand.
 */
class JoiningTest {
    private static final ObjectName SERVICE = new ObjectName(NamespaceScene.NAMESPACE, "d");

    private final SliceContributions objects = new SliceContributions();
    private final Joining<ObjectName, Slice> joining = new Joining<>(objects);

    private static Slice slice(String name, int version) {
        return SliceReader.read(Samples.json(NamespaceScene.slice(name, version, "d", "10.0.0." + version)));
    }

    /** As it is read where its service is of no interest. */
    private static Slice stripped(String name, int version) {
        ObjectName id = new ObjectName(NamespaceScene.NAMESPACE, name);
        return new Slice(id, "" + version, SERVICE, AddressFamily.IPV4, List.of(), List.of(), null);
    }

    private void hear(Slice slice) {
        Put<Slice> put = new Put<>(slice, slice.id(), slice.version());
        joining.toldOnLane(put);
        if (!joining.isKnownOnLane(put)) {
            objects.put(slice);
        }
        joining.reachedOnLane(slice.version());
    }

    private void join(int version, int reached, Slice... list) {
        joining.joinOnLane(SERVICE, "" + version, "" + reached, List.of(list));
    }

    private List<String> known() {
        return NamespaceScene.words(objects.of(SERVICE).stream()
                .filter(slice -> !slice.endpoints().isEmpty())
                .toList());
    }

    @Test
    @DisplayName("W-14: an event without endpoints does not replace what the list told in full")
    void a_stripped_event_behind_the_list_W14() {
        joining.askedOnLane(SERVICE);
        join(30, 20, slice("d1", 28));
        hear(stripped("d1", 25));
        hear(stripped("d1", 28));
        assertThat(known()).containsExactly("d1=10.0.0.28");
        assertThat(joining.isAheadOnLane(SERVICE)).isTrue();
        hear(slice("d1", 31));
        assertThat(known()).containsExactly("d1=10.0.0.31");
        assertThat(joining.isAheadOnLane(SERVICE)).isFalse();
    }

    @Test
    @DisplayName(
            "W-14: an event without endpoints before the list is replaced by what the list tells, of the same version as well")
    void a_stripped_event_before_the_list_W14() {
        joining.askedOnLane(SERVICE);
        hear(stripped("d1", 28));
        join(30, 28, slice("d1", 28));
        assertThat(known()).containsExactly("d1=10.0.0.28");
    }

    @Test
    @DisplayName("W-5: a list of the wide watch without endpoints, made before, does not replace it either")
    void a_stripped_list_behind_the_list_W5() {
        joining.askedOnLane(SERVICE);
        join(30, 20, slice("d1", 28), slice("d2", 22));
        objects.replaceAll(List.of(stripped("d1", 21), stripped("d2", 22)));
        assertThat(joining.listedOnLane("25", "20")).isEmpty();
        assertThat(known()).containsExactly("d1=10.0.0.28", "d2=10.0.0.22");
        assertThat(joining.isAheadOnLane(SERVICE)).isTrue();
    }

    @Test
    @DisplayName("W-6: a list that is older than what was told before makes all join again")
    void a_cluster_that_was_set_back_W6() {
        joining.askedOnLane(SERVICE);
        join(30, 20, slice("d1", 28));
        assertThat(joining.listedOnLane("5", "20")).isEqualTo(Set.of(SERVICE));
        assertThat(joining.isAheadOnLane(SERVICE)).isFalse();
    }
}
