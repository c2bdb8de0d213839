package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** F-4: networks of this host that come up late. */
class HostFamiliesTest extends ResolverScene {
    private Set<AddressFamily> families = Set.of(AddressFamily.IPV4);
    private int looks;
    private final HostFamilies host = new HostFamilies(
            () -> {
                looks++;
                return families;
            },
            clock);

    @Test
    void looks_at_most_once_a_minute_and_only_when_asked() {
        for (int i = 0; i < 10; i++) {
            assertThat(host.get()).containsExactly(AddressFamily.IPV4);
        }
        families = Set.of(AddressFamily.IPV6);
        clock.advance(Duration.ofMillis(59_999));
        assertThat(host.get()).containsExactly(AddressFamily.IPV4);
        clock.advance(Duration.ofMillis(1));
        assertThat(host.get()).containsExactly(AddressFamily.IPV6);
        clock.advance(Duration.ofHours(1));
        assertThat(looks).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "F-4: a service's primary family is used from the first evaluation after a minute that finds the host has it")
    void F_4_a_network_that_comes_up_is_used() {
        Wanted wanted = new Wanted(Samples.SHOP, null, "http", Protocol.TCP);
        ClientPlace place = new ClientPlace(Locality.UNKNOWN, null, null, host);
        Heard dual = new Heard();
        try (KubernetesResolver resolver =
                new KubernetesResolver(new ServiceQuestion(wanted, Samples.rules(place)), feeds, context)) {
            resolver.start(dual);
            service().list("3", SERVICE.replace("clusterIP:", "ipFamilies: ['IPv6', 'IPv4'], clusterIP:"));
            String six =
                    Samples.json("s6", "2", Samples.endpoint("fd00::1", READY)).replace("IPv4", "IPv6");
            slices().list("3", six, Samples.json("s4", "2", Samples.endpoint("10.1.0.1", READY)));
            service().head(200, null);
            slices().head(200, null);
            clock.advance(Duration.ofSeconds(1));
            assertThat(Heard.usable(dual.last())).containsExactly("10.1.0.1:8080");
            families = Set.of(AddressFamily.IPV4, AddressFamily.IPV6);
            clock.advance(Duration.ofSeconds(60));
            slices().line("MODIFIED", Samples.json("s4", "10", Samples.endpoint("10.1.0.2", READY)));
            clock.advance(Duration.ofSeconds(1));
            assertThat(dual.last().endpoints()).singleElement().satisfies(endpoint -> assertThat(endpoint.host())
                    .isEqualTo("fd00::1"));
        }
    }
}
