package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.HTTP;
import static io.inmesh.resolver.kubernetes.rule.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** the joined result depends on the last state of each slice and on nothing else. jqwik prints the seed of a failure. */
class SliceJoinPropertyTest {

    @Provide
    Arbitrary<List<Slice>> slices() {
        Arbitrary<String> conditions = Combinators.combine(
                        Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as((ready, serving, terminating) ->
                        "{ready: " + ready + ", serving: " + serving + ", terminating: " + terminating + "}");
        Arbitrary<String> endpoint = Combinators.combine(
                        Arbitraries.integers().between(1, 5),
                        conditions,
                        Arbitraries.of("n1", "n2"),
                        // Few pods, so that addresses share them.
                        Arbitraries.of(
                                "", ", targetRef: {kind: 'Pod', uid: 'u1'}", ", targetRef: {kind: 'Pod', uid: 'u2'}"))
                .as((last, said, node, pod) -> "{addresses: ['10.1.0." + last + "'], conditions: " + said
                        + ", nodeName: '" + node + "'" + pod + "}");
        Arbitrary<List<String>> endpoints = endpoint.list().ofMaxSize(4);
        // Few names and few versions, so that slices replace each other and versions tie.
        return Combinators.combine(Arbitraries.integers().between(1, 4), Arbitraries.of("7", "8", "10", "x"), endpoints)
                .as((name, version, its) -> Samples.slice("s" + name, version, its.toArray(String[]::new)))
                .list()
                .ofMaxSize(12);
    }

    private static List<JoinedEndpoint> http(SliceContributions join) {
        return SliceJoin.endpoints(join.of(SHOP), AddressFamily.IPV4, HTTP);
    }

    @Property(tries = 500)
    void the_order_in_which_slices_come_never_changes_the_result(
            @ForAll("slices") List<Slice> all, @ForAll Random random) {
        List<Slice> distinct = new ArrayList<>();
        for (Slice slice : all) { // One state for each name.
            if (distinct.stream().noneMatch(other -> other.id().equals(slice.id()))) {
                distinct.add(slice);
            }
        }
        List<JoinedEndpoint> expected = http(Samples.join(distinct.toArray(Slice[]::new)));
        Collections.shuffle(distinct, random);
        SliceContributions join = new SliceContributions();
        distinct.forEach(join::put);
        assertThat(http(join)).isEqualTo(expected);
    }

    @Property(tries = 500)
    void events_add_up_to_the_same_as_a_list_of_what_they_leave(
            @ForAll("slices") List<Slice> events, @ForAll Random random) {
        SliceContributions byEvents = new SliceContributions();
        Map<ObjectName, Slice> left = new LinkedHashMap<>();
        for (Slice slice : events) {
            Slice held = left.get(slice.id());
            boolean older = held != null && ResourceVersions.compare(slice.version(), held.version()) < 0; // W-16
            if (random.nextInt(4) == 0) {
                byEvents.remove(slice.id(), slice.version());
                if (!older) {
                    left.remove(slice.id());
                }
            } else {
                byEvents.put(slice);
                if (!older) {
                    left.put(slice.id(), slice);
                }
            }
        }
        SliceContributions byList = Samples.join(Samples.slice("other", "1", Samples.endpoint("10.1.0.9", "{}")));
        byList.replaceAll(left.values());
        assertThat(http(byEvents)).isEqualTo(http(byList));
    }

    @Property(tries = 500)
    void what_a_join_remembers_never_changes_its_result(@ForAll("slices") List<Slice> events, @ForAll Random random) {
        SliceContributions known = new SliceContributions();
        SliceJoin remembering = new SliceJoin();
        EndpointLists lists = new EndpointLists();
        for (Slice slice : events) {
            if (random.nextInt(4) == 0) {
                known.remove(slice.id(), slice.version());
            } else {
                known.put(slice);
            }
            List<JoinedEndpoint> expected = http(known);
            assertThat(remembering.endpointsNow(known.of(SHOP), AddressFamily.IPV4, HTTP))
                    .isEqualTo(expected);
            Judgement judged =
                    UsabilityRules.judge(expected, TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NODES_AND_ZONES);
            assertThat(lists.of(judged, PodWeights.NONE)).isEqualTo(new EndpointLists().of(judged, PodWeights.NONE));
        }
    }
}
