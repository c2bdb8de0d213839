package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.resolver.address.IpAddress;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.ServiceReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a Service object means, and which port a caller's text selects (groups S, P, F). */
class ServiceConformanceTest {

    @TestFactory
    Stream<DynamicTest> service_cases() throws IOException {
        return ConformanceCases.of("service-cases.json", ServiceConformanceTest::run);
    }

    private static void run(JsonNode each) {
        JsonNode expect = each.path("expect");
        AddressFamily family =
                AddressFamily.named(each.at("/client/ipFamily").asText()).orElseThrow();
        if (each.path("service").isNull()) {
            assertThat(expect.hasNonNull("exposure")).as("exposure").isFalse();
            assertThat(expect.path("kubeProxyPorts")).isEmpty();
            assertThat(expect.path("kind").asText("NOT_FOUND")).isEqualTo("NOT_FOUND");
            Wanted any = new Wanted(new ObjectName("prod", "shop"), null, null, Protocol.TCP);
            ClientPlace here = new ClientPlace(Locality.UNKNOWN, null, family, Set.of());
            assertThat(Samples.resolve(any, null, new SliceContributions(), here))
                    .isInstanceOfSatisfying(
                            Answer.None.class,
                            none -> assertThat(none.unresolved().reason()).isEqualTo(Reason.NOT_FOUND));
            return;
        }
        ServiceObject service = ServiceReader.read(each.path("service"));
        if (expect.has("kind")) {
            assertThat(service.kind()).hasToString(expect.path("kind").asText());
        }
        if (expect.hasNonNull("familyServed")) {
            assertThat(service.families().contains(family))
                    .isEqualTo(expect.path("familyServed").asBoolean());
        }
        if (expect.has("externalName")) {
            assertThat(service.externalName())
                    .isEqualTo(expect.path("externalName").asText());
        }
        if (expect.has("ports")) { // Fields that a case does not show are not to be asserted.
            assertPorts(service.ports(), expect.path("ports"));
        }
        Optional<KubeProxyView> served = KubeProxyView.of(service, family);
        if (expect.has("kubeProxyPorts")) {
            assertPorts(served.map(KubeProxyView::ports).orElse(List.of()), expect.path("kubeProxyPorts"));
        }
        if (expect.has("exposure")) {
            assertExposure(served, expect.path("exposure"));
        }
        each.path("lookups").forEach(lookup -> assertLookup(service, lookup));
    }

    private static void assertPorts(List<ServicePort> ports, JsonNode expected) {
        assertThat(ports.stream().map(ServiceConformanceTest::describe).toList())
                .containsExactlyInAnyOrderElementsOf(ConformanceCases.list(expected).stream()
                        .map(port -> port.path("name").asText() + " "
                                + port.path("protocol").asText() + " "
                                + port.path("port").asInt())
                        .toList());
    }

    private static void assertExposure(Optional<KubeProxyView> served, JsonNode expected) {
        assertThat(served.isEmpty()).as("no exposure").isEqualTo(expected.isNull());
        served.ifPresent(view -> {
            if (expected.has("virtualIP")) {
                assertThat(view.virtualIp())
                        .isEqualTo(canonical(expected.path("virtualIP").asText()));
            }
            if (expected.has("externalIPs")) {
                assertAddresses(view.externalIps(), expected.path("externalIPs"));
            }
            if (expected.has("loadBalancerVIPs")) {
                assertAddresses(view.balancerVips(), expected.path("loadBalancerVIPs"));
            }
            if (expected.has("healthCheckNodePort")) {
                assertThat(view.healthCheckNodePort())
                        .isEqualTo(expected.path("healthCheckNodePort").asInt());
            }
        });
    }

    private static void assertAddresses(List<String> addresses, JsonNode expected) {
        assertThat(addresses)
                .containsExactlyInAnyOrderElementsOf(ConformanceCases.texts(expected).stream()
                        .map(ServiceConformanceTest::canonical)
                        .toList());
    }

    /** The cases quote addresses as the objects have them; they are compared in canonical form (rule A-6). */
    private static String canonical(String address) {
        return IpAddress.ipv4(address).or(() -> IpAddress.ipv6(address)).orElseThrow();
    }

    private static String describe(ServicePort port) {
        return port.name() + " " + port.protocol() + " " + port.number();
    }

    private static void assertLookup(ServiceObject service, JsonNode lookup) {
        @Nullable String port = lookup.hasNonNull("port") ? lookup.path("port").asText() : null;
        Protocol protocol = Protocol.valueOf(lookup.path("protocol").asText("TCP"));
        PortAnswer answer = ServicePorts.find(service, new Wanted(service.id(), null, port, protocol));
        JsonNode expect = lookup.path("expect");
        if (expect.has("error")) {
            assertThat(answer).isInstanceOfSatisfying(PortAnswer.Refused.class, refused -> {
                assertThat(refused.unresolved().reason())
                        .hasToString(expect.path("error").asText());
                assertThat(refused.unresolved().text())
                        .startsWith(service.id().name() + " in namespace "
                                + service.id().namespace());
                if (refused.unresolved().reason() == Reason.NO_SUCH_PORT) {
                    service.ports()
                            .forEach(known ->
                                    assertThat(refused.unresolved().text()).contains(known.describe()));
                }
            });
        } else if (expect.has("rawPort")) {
            assertThat(answer)
                    .isEqualTo(new PortAnswer.Raw(expect.path("rawPort").asInt()));
        } else {
            assertThat(answer).isInstanceOfSatisfying(PortAnswer.Named.class, named -> {
                if (expect.has("portName")) {
                    assertThat(named.port().name())
                            .isEqualTo(expect.path("portName").asText());
                }
                if (expect.has("servicePort")) {
                    assertThat(named.port().number())
                            .isEqualTo(expect.path("servicePort").asInt());
                }
                assertThat(named.port().protocol()).isEqualTo(protocol);
            });
        }
    }
}
