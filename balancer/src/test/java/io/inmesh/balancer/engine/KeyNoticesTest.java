package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is not gone by is said, once, with what to do. */
class KeyNoticesTest {
    private static final Map<String, String> NOT_GONE_BY =
            Map.of("locality.mode", "zone-aware", "weight.source", "reports", "slow-start.window", "30s");

    private final Assembling assembling = new Assembling(Assembling.engine(new FakeClock()));

    private void assemble(String policy, Map<String, String> settings) {
        EndpointSet set = EndpointSet.of(ServiceFacts.of(Assembling.KEY), 1, List.of(TestEndpoints.endpoints(4)));
        assembling.members.reconcile(set.endpoints());
        Balancing balancing = new Balancing(
                BalancerConfig.of(settings), assembling.engine.policies().named(policy));
        assembling.assembly.assemble(assembling.members.all(), set, balancing);
    }

    @Test
    void a_policy_that_follows_keys_says_what_it_does_not_go_by_once() {
        try (HeardLog log = new HeardLog()) {
            for (int i = 0; i < 3; i++) {
                assemble("maglev", NOT_GONE_BY);
            }
            assertThat(log.lines("INFO"))
                    .filteredOn(line -> line.contains("places requests by their keys"))
                    .hasSize(3);
            for (String todo :
                    List.of("locality.mode to off", "weight.source to endpoint", "slow-start.window to off")) {
                assertThat(log.lines("set " + todo)).hasSize(1).allSatisfy(line -> assertThat(line)
                        .contains("orders.shop:http")
                        .contains("policy 'destination-hash'")
                        .contains("keys would move"));
            }
        }
    }

    @Test
    void others_go_by_it_and_where_nothing_is_set_nothing_is_said() {
        try (HeardLog log = new HeardLog()) {
            assemble("random", NOT_GONE_BY);
            assemble("maglev", Map.of());
            assertThat(log.lines("places requests by their keys")).isEmpty();
        }
    }
}
