package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final int KEYS = 40_000;

    private static String places(List<EndpointView> endpoints) {
        Picker picker = Hashed.picker(new Rendezvous(), endpoints);
        return Stream.of("a", "b", "c", "d", "user-1", "user-2", "user-3", "user-4")
                .map(key -> Hashed.owner(picker, key).endpoint().host().substring("10.0.0.".length()))
                .collect(Collectors.joining(" "));
    }

    @Test
    @DisplayName("TV-HRW-1, TV-HRW-2")
    void eight_keys_on_four_endpoints_and_without_the_second() {
        assertThat(places(Hashed.equal(4))).isEqualTo("3 4 2 3 3 3 3 1");
        assertThat(places(Hashed.without(Hashed.equal(4), 1))).isEqualTo("3 4 1 3 3 3 3 1");
    }

    @Test
    @DisplayName("TV-HRW-3")
    void shares_follow_weights_and_a_heavier_one_only_takes() {
        List<EndpointView> before = Hashed.endpoints(1, 2, 3, 4);
        List<String> owners = Hashed.owners(Hashed.picker(new Rendezvous(), before), KEYS);
        for (int i = 0; i < 4; i++) {
            String address = before.get(i).endpoint().address();
            assertThat((double) owners.stream().filter(address::equals).count() / KEYS)
                    .isCloseTo((i + 1) / 10.0, within(0.01));
        }
        List<String> raised = Hashed.owners(Hashed.picker(new Rendezvous(), Hashed.endpoints(1, 2, 3, 5)), KEYS);
        String heavier = before.get(3).endpoint().address();
        long moved = IntStream.range(0, KEYS)
                .filter(i -> !owners.get(i).equals(raised.get(i)))
                .peek(i -> assertThat(raised.get(i)).isEqualTo(heavier))
                .count();
        assertThat((double) moved / KEYS).isCloseTo(0.0545, within(0.005));
    }

    @Test
    @DisplayName("5.12: only keys of a removed endpoint move, only to an added one")
    void disruption_is_least() {
        for (double[] weights : new double[][] {{1, 1, 1, 1, 1, 1, 1}, {1, 5, 2, 1, 3, 1, 2}}) {
            List<EndpointView> all = Hashed.endpoints(weights);
            List<String> before = Hashed.owners(Hashed.picker(new Rendezvous(), all), 10_000);
            for (int leaver = 0; leaver < 7; leaver++) {
                String left = all.get(leaver).endpoint().address();
                List<String> after =
                        Hashed.owners(Hashed.picker(new Rendezvous(), Hashed.without(all, leaver)), 10_000);
                assertThat(Hashed.movedNeedlessly(before, after, left)).isZero();
            }
        }
    }

    @Test
    @DisplayName("C12: repeats go down the key's own order")
    void repeats_go_down_the_keys_own_order() {
        for (double[] weights : new double[][] {{1, 1, 1, 1, 1}, {1, 5, 2, 1, 3}}) {
            List<EndpointView> all = Hashed.endpoints(weights);
            for (int key = 0; key < 100; key++) {
                PickContext context = PickContext.NONE.withKey("key-" + key);
                List<EndpointView> left = all;
                Picker picker = Hashed.picker(new Rendezvous(), all);
                for (int i = 0; i < 5; i++) {
                    EndpointView chosen = (EndpointView) picker.choose(context);
                    // Whoever would own the key if those tried were not there.
                    assertThat(chosen).isSameAs(Hashed.owner(Hashed.picker(new Rendezvous(), left), "key-" + key));
                    context = context.withTried(chosen.endpoint());
                    left = Hashed.without(left, left.indexOf(chosen));
                }
            }
        }
    }
}
