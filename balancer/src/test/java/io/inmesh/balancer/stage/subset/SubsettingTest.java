package io.inmesh.balancer.stage.subset;

import static io.inmesh.balancer.stage.subset.Subsets.chosen;
import static io.inmesh.balancer.stage.subset.Subsets.client;
import static io.inmesh.balancer.stage.subset.Subsets.ids;
import static io.inmesh.balancer.stage.subset.Subsets.members;
import static io.inmesh.balancer.stage.subset.Subsets.opened;
import static io.inmesh.balancer.stage.subset.Subsets.spread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.SubsetConfig.Mode;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Layout.Candidate;
import io.inmesh.balancer.stage.Layout.Group;
import io.inmesh.balancer.stage.Layout.Priority;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Connecting;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors TV-SUB-1 to 3 and the properties of balancing rules 5.26. */
class SubsettingTest {

    private static List<Member> without(List<Member> members, int index) {
        List<Member> fewer = new ArrayList<>(members);
        fewer.remove(index);
        return fewer;
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double most(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    @Test
    @DisplayName(
            "TV-SUB-1: random 20 of 1000; a member that leaves is replaced by one, another that leaves changes nothing")
    void a_change_of_one_server_moves_one_connection_of_a_random_subset_at_most() {
        List<Member> thousand = members(1_000);
        Set<String> subset = ids(chosen(Mode.RANDOM, 20, client(7, 0), thousand));
        assertThat(subset).hasSize(20);
        int replaced = 0;
        for (int i = 0; i < 1_000; i++) {
            Set<String> after = ids(chosen(Mode.RANDOM, 20, client(7, 0), without(thousand, i)));
            boolean member = subset.contains(thousand.get(i).endpoint().id());
            Set<String> kept = ids(chosen(Mode.RANDOM, 20, client(7, 0), thousand));
            kept.retainAll(after);
            assertThat(after).hasSize(20);
            assertThat(kept).hasSize(member ? 19 : 20);
            replaced += member ? 1 : 0;
        }
        assertThat(replaced).isEqualTo(20);
    }

    @ParameterizedTest(name = "{0} peers, {1} servers, size {2}: width {3}, overlap {4}")
    @DisplayName("TV-SUB-2: aperture")
    @CsvSource({"4,10,3,0.5,2", "3,4,2,0.6667,2", "5,20,4,0.2,1"})
    void slices_have_one_width_and_overlap_every_server_alike(
            int peers, int servers, int size, double width, double overlap) {
        assertThat(new Aperture(0, peers).width(servers, size) / (double) (peers * servers))
                .isEqualTo(width, within(0.00005));
        double[] spread = new double[servers];
        List<Candidate> ring = Layout.of(members(servers)).candidates();
        for (int rank = 0; rank < peers; rank++) {
            double own = 0;
            for (Candidate candidate : new Aperture(rank, peers).chosen(ring, size)) {
                int server = ring.stream().map(Candidate::member).toList().indexOf(candidate.member());
                spread[server] += candidate.weight();
                own += candidate.weight();
            }
            assertThat(own).isEqualTo(width * servers, within(0.001));
        }
        assertThat(spread).containsOnly(new double[] {overlap}, within(1e-9));
    }

    @Test
    @DisplayName("TV-SUB-3: deterministic, 100 clients, 100 servers, size 5: each server has exactly 5")
    void rounds_that_fit_give_each_server_as_many_clients() {
        assertThat(spread(Mode.DETERMINISTIC, 5, 100, members(100))).containsOnly(5);
    }

    @ParameterizedTest(name = "{0} clients, {1} servers, size {2}: {3} to {4} clients a server")
    @CsvSource({"100,100,5,0,13", "1000,1000,20,4,40"})
    void random_subsets_spread_like_a_binomial(int clients, int servers, int size, double least, double most) {
        // Five standard deviations around the mean, which none of a thousand passes but once in 1700 runs; the seeds
        // are fixed.
        double[] spread = spread(Mode.RANDOM, size, clients, members(servers));
        double mean = Arrays.stream(spread).average().orElseThrow();
        double variance = Arrays.stream(spread)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        double binomial = (double) size * clients / servers * (1 - (double) size / servers);
        assertThat(mean).isEqualTo((double) size * clients / servers);
        assertThat(variance).isBetween(binomial * 0.6, binomial * 1.4);
        assertThat(least(spread)).isGreaterThanOrEqualTo(least);
        assertThat(most(spread)).isLessThanOrEqualTo(most);
    }

    @Test
    void random_subsets_of_fresh_seeds_spread_like_a_binomial_too() {
        long fresh = System.nanoTime();
        double[] spread = spread(Mode.RANDOM, 20, 1_000, members(1_000), fresh);
        double variance = Arrays.stream(spread)
                .map(value -> (value - 20) * (value - 20))
                .average()
                .orElseThrow();
        // The variance of a thousand is within 5 % once in three times, so these are eight standard deviations. Of a
        // mean of
        // 20 a server has more than 55 clients less than once in 10^9.
        assertThat(variance).as("seed %d", fresh).isBetween(20 * 0.98 * 0.6, 20 * 0.98 * 1.4);
        assertThat(most(spread)).as("seed %d", fresh).isLessThanOrEqualTo(55);
    }

    @Test
    void leftovers_of_deterministic_rounds_are_idle_for_the_round() {
        double[] spread = spread(Mode.DETERMINISTIC, 7, 103, members(100));
        // 14 subsets of 7 in a round, 2 idle; 103 clients are 7 rounds and 5 clients: 5 to 8 in the table of 5.26.
        assertThat(least(spread)).isGreaterThanOrEqualTo(4);
        assertThat(most(spread)).isEqualTo(8);
    }

    @ParameterizedTest(name = "{0} clients, {1} servers, size {2}")
    @CsvSource({"100,100,5", "200,100,20", "57,83,10", "1000,1000,20", "13,400,20"})
    void rocksteadier_spreads_near_exactly(int clients, int servers, int size) {
        double[] random = spread(Mode.RANDOM, size, clients, members(servers));
        double[] lots = spread(Mode.ROCKSTEADIER, size, clients, members(servers));
        System.out.printf(
                "subset of %d, %d clients, %d servers: clients a server random %.0f..%.0f, rocksteadier %.0f..%.0f%n",
                size, clients, servers, least(random), most(random), least(lots), most(lots));
        double mean = (double) clients * size / servers;
        assertThat(most(lots) - least(lots)).isLessThan(most(random) - least(random));
        assertThat(most(lots)).isLessThanOrEqualTo(mean * 1.5 + 1);
        assertThat(least(lots)).isGreaterThanOrEqualTo(mean * 0.5 - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 99})
    void a_change_of_one_server_moves_as_many_connections_as_the_way_promises(int removed) {
        List<Member> before = members(100);
        List<Member> after = without(before, removed);
        int all = 100 * 10;
        int random = opened(Mode.RANDOM, 10, 100, before, after);
        int aperture = opened(Mode.APERTURE, 10, 100, before, after);
        int lots = opened(Mode.ROCKSTEADIER, 10, 100, before, after);
        int deterministic = opened(Mode.DETERMINISTIC, 10, 100, before, after);
        System.out.printf(
                "of %d connections server %d's leave opens: random %d, aperture %d, rocksteadier %d, deterministic %d%n",
                all, removed, random, aperture, lots, deterministic);
        assertThat(random).isLessThanOrEqualTo(100);
        assertThat(aperture).as("one at each end").isLessThanOrEqualTo(200);
        assertThat(lots).isLessThan(removed == 99 ? all / 10 : all / 2);
        assertThat(deterministic).as("large").isGreaterThan(all / 2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void a_subset_is_a_pure_function_of_set_rank_count_and_size(Mode mode) {
        long fresh = System.nanoTime();
        System.out.println("subset seed " + fresh);
        for (long seed : new long[] {26, fresh}) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 200; i++) {
                int servers = 1 + random.nextInt(300);
                int size = 2 + random.nextInt(40);
                int peers = 1 + random.nextInt(50);
                Situation client = client(random.nextInt(peers), peers);
                List<Candidate> chosen = chosen(mode, size, client, members(servers));

                assertThat(ids(chosen(mode, size, client, members(servers)))).isEqualTo(ids(chosen));
                assertThat(ids(chosen)).as("nobody twice").hasSize(chosen.size());
                List<Member> members = members(servers);
                List<Integer> places = chosen(mode, size, client, members).stream()
                        .map(candidate -> members.indexOf(candidate.member()))
                        .toList();
                assertThat(places).as("the order stays").isSorted();
                if (servers <= 2 * size) {
                    assertThat(chosen).hasSize(servers);
                } else if (mode == Mode.APERTURE) {
                    assertThat(chosen.stream().mapToDouble(Candidate::weight).sum())
                            .isGreaterThanOrEqualTo(size - 1e-6);
                } else {
                    assertThat(chosen).hasSize(size);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void health_changes_nobody_and_adds_one_for_each_unhealthy_one(Mode mode) {
        List<Member> members = members(200);
        Situation client = client(3, 40);
        List<Candidate> before = chosen(mode, 10, client, members);
        for (Member member : members) {
            if (!ids(before).contains(member.endpoint().id())) {
                member.judge(Words.of(Member.Health.EJECTED));
                break;
            }
        }
        assertThat(ids(chosen(mode, 10, client, members))).isEqualTo(ids(before));

        for (int sick = 0; sick < 3; sick++) {
            before.get(sick + 3).member().judge(Words.of(Member.Health.EJECTED));
            List<Candidate> grown = chosen(mode, 10, client, members);
            assertThat(ids(grown)).containsAll(ids(before));
            assertThat(grown.stream()
                            .filter(Candidate::isHealthy)
                            .mapToDouble(Candidate::weight)
                            .sum())
                    .isGreaterThanOrEqualTo(
                            before.stream().mapToDouble(Candidate::weight).sum() - 1e-9);
            assertThat(grown.size()).isLessThanOrEqualTo(before.size() + sick + 3);
        }

        members.forEach(member -> member.judge(Words.of(Member.Health.EJECTED)));
        assertThat(chosen(mode, 10, client, members)).as("at most all").hasSize(200);
        members.forEach(member -> member.judge(Words.of(Member.Health.HEALTHY)));
        assertThat(ids(chosen(mode, 10, client, members))).isEqualTo(ids(before));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void weight_0_changes_nobody_and_adds_one_for_each_quiesced_one(Mode mode) {
        List<Endpoint> endpoints = new ArrayList<>(List.of(TestEndpoints.endpoints(200)));
        Situation client = client(3, 40);
        List<Candidate> before = chosen(mode, 10, client, members(endpoints));
        for (int quiesced = 1; quiesced <= before.size(); quiesced++) {
            Endpoint next = before.get(quiesced - 1).endpoint();
            endpoints.set(endpoints.indexOf(next), next.withWeight(0));
            List<Candidate> grown = chosen(mode, 10, client, members(endpoints));
            assertThat(ids(grown)).containsAll(ids(before));
            assertThat(grown.stream().mapToDouble(Candidate::weight).sum())
                    .as("%d quiesced", quiesced)
                    .isGreaterThanOrEqualTo(
                            before.stream().mapToDouble(Candidate::weight).sum() - 1e-9);
            assertThat(grown.size()).isLessThanOrEqualTo(before.size() + quiesced + 2);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void every_locality_gives_its_part_rounded_up_and_every_priority_is_sized_alone(Mode mode) {
        List<Member> members = members(160);
        List<Candidate> all = Layout.of(members).candidates();
        Layout layout = new Layout(
                List.of(
                        new Priority(
                                100,
                                List.of(
                                        new Group("zone-a", 3, all.subList(0, 70)),
                                        new Group("zone-b", 1, all.subList(70, 99)),
                                        new Group("zone-c", 1, all.subList(99, 100)),
                                        new Group("zone-d", 1, List.of()))),
                        new Priority(0, List.of(new Group("zone-e", 1, all.subList(100, 119)))),
                        new Priority(0, List.of(new Group("zone-f", 1, all.subList(119, 160))))),
                null);
        Layout left = Subsets.stage(mode, 10, client(5, 20)).apply(layout);
        List<Integer> sizes = left.priorities().get(0).groups().stream()
                .map(group -> (int) Math.ceil(group.candidates().stream()
                                .mapToDouble(Candidate::weight)
                                .sum()
                        - 1e-9))
                .toList();
        if (mode == Mode.APERTURE) {
            assertThat(sizes.get(0)).isBetween(7, 11);
            assertThat(sizes.get(1)).isBetween(3, 5);
        } else {
            assertThat(sizes.subList(0, 2)).containsExactly(7, 3);
        }
        assertThat(sizes.subList(2, 4)).containsExactly(1, 0);
        assertThat(left.priorities().get(1).candidates())
                .as("19 are no more than twice 10")
                .hasSize(19);
        assertThat(left.priorities().get(2).candidates()).hasSizeBetween(10, 15);
        assertThat(left.priorities().get(0).groups().get(0).share()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void without_a_rank_every_way_is_random(Mode mode) {
        List<Member> members = members(100);
        assertThat(ids(chosen(mode, 10, client(9, 0), members)))
                .isEqualTo(ids(chosen(Mode.RANDOM, 10, client(9, 0), members)))
                .hasSize(10);
    }

    @Test
    void sizes_are_20_and_12_for_an_aperture_unless_said() {
        List<Member> members = members(100);
        assertThat(chosen(Mode.RANDOM, 0, client(0, 100), members)).hasSize(20);
        assertThat(chosen(Mode.APERTURE, 0, client(0, 100), members)).hasSize(12);
        assertThat(chosen(Mode.OFF, 5, client(0, 100), members)).hasSize(100);
        assertThat(chosen(Mode.RANDOM, 0, client(0, 0), members(40))).hasSize(40);
        assertThat(chosen(Mode.RANDOM, 0, client(0, 0), members(41))).hasSize(20);
    }

    @Test
    void two_pods_of_one_address_are_two_servers() {
        List<Endpoint> twins = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            twins.add(TestEndpoints.endpoint(i / 2).withId("pod-" + i + ":8080"));
        }
        for (Mode mode : List.of(Mode.RANDOM, Mode.ROCKSTEADIER, Mode.DETERMINISTIC)) {
            for (int rank = 0; rank < 20; rank++) {
                assertThat(chosen(mode, 7, client(rank, 20), members(twins))).hasSize(7);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void those_of_an_earlier_part_stay_beside_it_in_their_places(Mode mode) {
        List<Member> plain = members(100);
        Situation client = client(3, 10);
        Set<String> part = ids(chosen(mode, 5, client, plain));
        List<Member> members = new ArrayList<>(plain);
        members.set(7, Connecting.lingering(7));
        members.set(60, Connecting.lingering(60));
        List<Candidate> chosen = chosen(mode, 5, client, members);
        Set<String> expected = new HashSet<>(part);
        expected.add(members.get(7).endpoint().id());
        expected.add(members.get(60).endpoint().id());
        assertThat(ids(chosen)).isEqualTo(expected);
        assertThat(chosen.stream().map(each -> members.indexOf(each.member())).toList())
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
