package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** E-5: Endpoints that the cluster has cut. */
class OverCapacityRulesTest extends ResolverScene {

    private static String endpoints(int version, String annotations) {
        return "{metadata: {name: 'shop', namespace: 'prod', resourceVersion: '" + version + "', annotations: "
                + annotations + "}, subsets: [{addresses: [{ip: '10.1.0.1'}], ports: [{name: 'http', port: 8080}]}]}";
    }

    @Test
    @DisplayName("E-5: that addresses were cut off is told with the set, as long as it is so")
    void E_5_the_set_carries_the_warning() {
        service().list("3", SERVICE);
        service().head(200, null);
        slices().answer(404, "{}"); // E-2: an old server.
        running("/endpoints?").list("3", endpoints(2, "{'endpoints.kubernetes.io/over-capacity': 'truncated'}"));
        running("/endpoints?").head(200, null);
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.1:8080");
        assertThat(heard.last().warnings()).anySatisfy(warning -> assertThat(warning)
                .contains(
                        "Endpoints prod/shop are not complete",
                        "at most 1000 addresses",
                        "has left out the rest ('truncated', rule E-5)"));
        running("/endpoints?").line("MODIFIED", endpoints(4, "{}"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.last().warnings())
                .as("the warning alone is a change")
                .isNotEmpty()
                .noneMatch(warning -> warning.contains("E-5"));
        assertThat(heard.sets()).hasSize(2);
    }

    private void over(String said) {
        service().list("3", SERVICE);
        service().head(200, null);
        slices().answer(404, "{}");
        running("/endpoints?").list("3", endpoints(2, "{'endpoints.kubernetes.io/over-capacity': '" + said + "'}"));
        running("/endpoints?").head(200, null);
        clock.advance(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("E-5: older servers only warn and cut nothing off")
    void E_5_a_warning_is_no_truncation() {
        over("warning");
        assertThat(heard.last().warnings()).anySatisfy(warning -> assertThat(warning)
                .contains("Endpoints prod/shop hold more than 1000 addresses", "cuts none off", "E-5")
                .doesNotContain("not complete"));
    }

    @Test
    @DisplayName("E-5: it is logged once for a service, however many of its ports are resolved")
    void E_5_it_is_logged_once_for_a_service() {
        Sayings sayings = new Sayings();
        KubernetesResolver second = resolver("http", sayings);
        KubernetesResolver third = resolver("80", sayings);
        String logged;
        try (LogOfErr log = new LogOfErr()) {
            second.start(new Heard());
            third.start(new Heard());
            over("truncated");
            logged = log.text();
        }
        resolver.close(); // The scene's own, which shares nothing.
        assertThat(logged.split("are not complete", -1))
                .as("once for the scene's own resolver, once for both others: %s", logged)
                .hasSize(3);
        second.close();
        clock.runDue();
        assertThat(sayings.size()).as("the third still holds them").isPositive();
        third.close();
        clock.runDue();
        assertThat(sayings.size()).isZero();
    }
}
