package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties of hash tables that hold for every set of weights, over drawn ones. */
class SeededHashPropertiesTest {
    private static final int ROUNDS = 20;
    private static final int KEYS = 1_000;

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName(
            "5.12: weighted: more weight only takes keys, less weight only gives them away, and others keep theirs")
    void rendezvous_moves_keys_to_who_gains_and_from_who_loses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            double[] weights = random.doubles(2 + random.nextInt(9), 0.1, 10).toArray();
            int changed = random.nextInt(weights.length);
            List<EndpointView> lighter = Hashed.endpoints(weights);
            String address = lighter.get(changed).endpoint().address();
            List<String> few = Hashed.owners(Hashed.picker(new Rendezvous(), lighter), KEYS);
            weights[changed] *= 1 + random.nextDouble(3);
            List<String> many = Hashed.owners(Hashed.picker(new Rendezvous(), Hashed.endpoints(weights)), KEYS);
            for (int key = 0; key < KEYS; key++) {
                if (!few.get(key).equals(many.get(key))) {
                    assertThat(many.get(key)).as("round %d, key %d", round, key).isEqualTo(address);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.8: dh gives each endpoint as many slots but for one; sh as many in a row as it has weight")
    void ipvs_slots_go_by_turn_and_by_weight(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int n = 1 + random.nextInt(IpvsTables.SLOTS);
            int[] each = Hashed.counts(IpvsTables.inTurn(n), n);
            assertThat(Arrays.stream(each).max().orElseThrow()
                            - Arrays.stream(each).min().orElseThrow())
                    .isLessThanOrEqualTo(1);

            long[] weights = random.longs(1 + random.nextInt(12), 1, 9).toArray();
            long perRound = Arrays.stream(weights).sum();
            int[] slots = Hashed.counts(IpvsTables.byWeight(weights), weights.length);
            for (int i = 0; i < weights.length; i++) {
                long whole = IpvsTables.SLOTS / perRound * weights[i];
                assertThat((long) slots[i])
                        .as("round %d, endpoint %d of %s", round, i, Arrays.toString(weights))
                        .isBetween(whole, whole + weights[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.9: Maglev gives equal endpoints their slots but for one")
    void maglev_slots_are_even(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5; round++) {
            int n = 1 + random.nextInt(40);
            int[] owners = MaglevTable.of(
                            4_093, random.longs(n).toArray(), random.longs(n).toArray())
                    .fillByTarget(equal(n));
            for (int count : Hashed.counts(owners, n)) {
                assertThat(count).isBetween(4_093 / n, 4_093 / n + 1);
            }
        }
    }

    private static double[] equal(int n) {
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        return weights;
    }
}
