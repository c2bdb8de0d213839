package io.inmesh.resolver.kubernetes.proof;

import static io.inmesh.resolver.kubernetes.proof.Rig.THREE;
import static io.inmesh.resolver.kubernetes.proof.Rig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesWatching;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The limit to silence is configurable (rule W-13). */
class WatchSilenceTest {

    @Test
    void a_half_open_connection_is_given_up_after_the_configured_silence() {
        try (Rig rig = new Rig(self -> KubernetesConfig.DEFAULT
                .withMasterUrl(self.network.url())
                .withNamespace("shop")
                .withNetwork(KubernetesConfig.Network.INSIDE)
                .withWatching(KubernetesWatching.DEFAULT.withWatchSilence(Duration.ofSeconds(20))))) {
            rig.startAndSync();
            rig.network.halfOpen();
            rig.replaceOneByThree();
            Duration took = rig.untilUsable(TWO, THREE);
            assertThat(took).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(22));
            rig.assertOnCourse();
        }
    }
}
