package io.inmesh.balancer.eject;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.EjectReturn;
import io.inmesh.balancer.state.Tally;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrackedEndpointsTest {
    static LongStream seeds() {
        return Seeds.all();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivors_are_the_same_in_the_order_told_and_leavers_leave_nothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TrackedEndpoints tracked = new TrackedEndpoints();
        List<Endpoint> endpoints = new ArrayList<>();
        Map<String, Tracked> before = new HashMap<>();
        for (int round = 0; round < 500; round++) {
            change(endpoints, random);
            tracked.update(List.copyOf(endpoints), TrackedEndpointsTest::tracked);
            assertThat(tracked).extracting(Tracked::endpoint).containsExactlyElementsOf(endpoints);
            Map<String, Tracked> now = new HashMap<>();
            tracked.forEach(each -> now.put(each.endpoint().id(), each));
            now.forEach((id, each) -> {
                assertThat(tracked.get(id)).isSameAs(each);
                assertThat(before.getOrDefault(id, each)).isSameAs(each);
            });
            before.keySet().stream().filter(id -> !now.containsKey(id)).forEach(gone -> assertThat(tracked.get(gone))
                    .isNull());
            before.clear();
            before.putAll(now);
        }
    }

    /** Some go, some come, one is the same with another weight, and two change places. */
    private static void change(List<Endpoint> endpoints, SplittableRandom random) {
        endpoints.removeIf(each -> random.nextInt(10) == 0);
        for (int i = random.nextInt(3); i > 0; i--) {
            Endpoint comer = TestEndpoints.endpoint(random.nextInt(40));
            if (endpoints.stream().noneMatch(each -> each.id().equals(comer.id()))) {
                endpoints.add(random.nextInt(endpoints.size() + 1), comer);
            }
        }
        if (endpoints.size() > 1) {
            int one = random.nextInt(endpoints.size());
            endpoints.set(one, endpoints.get(one).withWeight(1 + random.nextInt(9)));
            endpoints.add(random.nextInt(endpoints.size()), endpoints.remove(random.nextInt(endpoints.size())));
        }
    }

    private static Tracked tracked(Endpoint endpoint) {
        return new Tracked(endpoint, EjectReturn.DEFAULT, Tally.NONE);
    }
}
