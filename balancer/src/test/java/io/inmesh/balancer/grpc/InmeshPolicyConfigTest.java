package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.NameResolver.ConfigOrError;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.BalancerConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the policy's own JSON means. */
class InmeshPolicyConfigTest {
    private static final Target TARGET = Target.parse(GrpcDoor.ORDERS);

    private static InmeshPolicy.Config read(Map<String, ?> json) {
        ConfigOrError read = new InmeshPolicy().parseLoadBalancingPolicyConfig(json);
        assertThat(read.getError()).isNull();
        return (InmeshPolicy.Config) Objects.requireNonNull(read.getConfig());
    }

    @Test
    void a_list_is_written_with_commas_elsewhere() {
        Map<String, ?> json = Map.of("policy", "maglev", "key", Map.of("from", List.of("header:x-user", "path")));
        assertThat(read(json).told().config().key())
                .isEqualTo(BalancerConfig.of(Map.of("policy", "maglev", "key.from", "header:x-user,path"))
                        .key());
    }

    @Test
    void what_is_no_value_is_refused_by_its_key() {
        for (Object value : List.of(List.of(Map.of("x", 1.0)), List.of(List.of()))) {
            String error = String.valueOf(new InmeshPolicy()
                    .parseLoadBalancingPolicyConfig(Map.of("key", Map.of("from", value)))
                    .getError());
            assertThat(error).contains("key.from: ");
        }
        assertThat(new InmeshPolicy()
                        .parseLoadBalancingPolicyConfig(Collections.singletonMap("policy", null))
                        .getError())
                .isNotNull()
                .asString()
                .contains("policy: null (expected: a text, a number, true or false, or a list of these)");
    }

    @Test
    void settings_of_attempts_are_in_vain_unless_our_resolver_said_them() {
        Map<String, String> said = read(Map.of(
                        "policy", "round-robin", "retry", Map.of("attempts", 2.0), "hedge", Map.of("delay", "10ms")))
                .told()
                .values();
        AttemptsInVain inVain = new AttemptsInVain();
        inVain.look(TARGET, said, null);
        assertThat(inVain.keys()).containsExactly("hedge.delay", "retry.attempts");
        inVain.look(TARGET, said, Map.of("policy", "round-robin"));
        assertThat(inVain.keys()).isNotEmpty();
        inVain.look(TARGET, said, said);
        assertThat(inVain.keys()).isEmpty();
        inVain.look(TARGET, Map.of("policy", "round-robin"), null);
        assertThat(inVain.keys()).isEmpty();
    }

    @Test
    void what_stands_before_the_service_is_in_vain_and_a_breaker_for_each_endpoint_is_not() {
        Map<String, String> said = read(Map.of(
                        "resilience4j",
                        Map.of(
                                "circuit-breaker", "a",
                                "rate-limiter", "b",
                                "bulkhead", "c",
                                "endpoint-circuit-breaker", "d")))
                .told()
                .values();
        AttemptsInVain inVain = new AttemptsInVain();
        inVain.look(TARGET, said, null);
        assertThat(inVain.keys())
                .containsExactly("resilience4j.bulkhead", "resilience4j.circuit-breaker", "resilience4j.rate-limiter");
    }
}
