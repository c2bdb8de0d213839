package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.grpc.orca.LoadReporting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Without {@code io.grpc:grpc-xds} a setting that asks for reports is answered with what to add, and calls go on. */
@EnabledIfSystemProperty(named = "inmesh.absent", matches = ".*xds.*", disabledReason = "this run has grpc-xds")
class OrcaAbsentTest {

    @Test
    void a_server_that_is_to_report_is_told_what_to_add() {
        assertThatThrownBy(LoadReporting::measured)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("io.grpc:grpc-xds");
        assertThatThrownBy(() -> LoadReporting.of(() -> 0.5)).hasMessageContaining("io.grpc:grpc-xds");
    }

    @Test
    void a_setting_that_asks_for_reports_is_known_to_be_in_vain_and_calls_go_on() throws Exception {
        GrpcDoor door = new GrpcDoor();
        try {
            List<TestBackend> backends = door.backends(2);
            door.publish(backends);
            for (String asking : List.of("weight.source=reports", "weight.oob-period=on")) {
                ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=wrr&" + asking);
                for (TestBackend backend : backends) {
                    int before = backend.calls();
                    await().until(() -> {
                        GrpcDoor.call(channel, TestBackend.UNSAFE);
                        return backend.calls() > before;
                    });
                }
            }
        } finally {
            door.close();
        }
        assertThat(LoadHearing.NONE.isInVain()).isFalse();
        assertThat(LoadHearing.of(door.mesh
                                .engine()
                                .policies()
                                .balancing(BalancerConfig.of(Map.of("weight.source", "reports"))))
                        .isInVain())
                .isTrue();
        assertThat(LoadHearing.MISSING).contains("io.grpc:grpc-xds", "weight.source", "weight.oob-period");
    }
}
