package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule P-14: Services may not be read. */
class SlicePortRulesTest {
    private static final String ROLE = "add this Role";

    private static Slice slice(String name, String type, String ports, String endpoints) {
        return Samples.slice("{metadata: {name: '" + name + "', namespace: 'prod',"
                + " labels: {'kubernetes.io/service-name': 'shop'}}, addressType: '" + type + "', ports: " + ports
                + ", endpoints: " + endpoints + "}");
    }

    private static Slice slice(String name, String ports) {
        return slice(name, "IPv4", ports, "[{addresses: ['10.1.0.1']}]");
    }

    private static SlicePorts.Answer find(@Nullable String port, Slice... slices) {
        return SlicePorts.find(Samples.wanted(port), List.of(slices), ROLE);
    }

    private static void assertFound(SlicePorts.Answer answer, String name) {
        assertThat(answer).isEqualTo(new SlicePorts.Found(new PortName(name, Protocol.TCP)));
    }

    private static Unresolved refused(SlicePorts.Answer answer, Reason reason) {
        assertThat(answer).isInstanceOf(SlicePorts.Refused.class);
        Unresolved unresolved = ((SlicePorts.Refused) answer).unresolved();
        assertThat(unresolved.reason()).isEqualTo(reason);
        return unresolved;
    }

    @Test
    void a_name_works_from_slices_alone_P14() {
        assertFound(find("http", slice("a", "[{name: 'http', port: 8080}]")), "http");
        assertFound(find("http"), "http");
    }

    @Test
    void a_name_means_tcp_P14() {
        Wanted udp = new Wanted(Samples.SHOP, null, "dns", Protocol.UDP);
        assertThat(refused(SlicePorts.find(udp, List.of(), ROLE), Reason.FORBIDDEN)
                        .text())
                .contains("means TCP");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{name: 'http', port: 80}] | [{name: 'http', port: 80}]",
                "[{name: 'http', port: 80}, {name: 'x', port: 81}] | [{name: 'http', port: 80}]",
                "[{name: 'http', port: 80}, {name: 'x', protocol: 'UDP', port: 80}] | [{name: 'http', port: 80}]",
            })
    void a_number_works_if_every_slice_has_it_P14(String one, String other) {
        assertFound(find("80", slice("a", one), slice("b", other)), "http");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{name: 'http', port: 80}] | [{name: 'http', port: 8080}]",
                "[{name: 'http', port: 80}] | []",
                "[{name: 'http', port: 80}] | [{name: 'other', port: 80}]",
                "[{name: 'http', port: 80, protocol: 'UDP'}] | [{name: 'http', port: 80}]",
                "[{name: 'http', port: 8080}] | [{name: 'http', port: 8080}]",
            })
    void any_other_number_is_forbidden_and_the_text_says_what_helps_P14(String one, String other) {
        Unresolved refused = refused(find("80", slice("a", one), slice("b", other)), Reason.FORBIDDEN);
        assertThat(refused.text())
                .startsWith("shop in namespace prod, port 80: ")
                .contains("name the port", ROLE, "P-14");
    }

    @Test
    void a_number_without_any_slice_is_forbidden_P14() {
        refused(find("80"), Reason.FORBIDDEN);
    }

    @Test
    void placeholders_and_slices_of_no_family_say_nothing_P14_A9_F1() {
        Slice good = slice("a", "[{name: 'http', port: 80}]");
        assertFound(find("80", good, slice("b", "IPv4", "null", "null")), "http");
        assertFound(find("80", good, slice("c", "FQDN", "[{name: 'x', port: 1}]", "[]")), "http");
    }

    @Test
    void no_port_given_means_the_only_one_P14_P10() {
        assertFound(
                find(null, slice("a", "[{name: 'http', port: 80}]"), slice("b", "[{name: 'http', port: 81}]")), "http");
        assertThat(refused(
                                find(null, slice("a", "[{name: 'http', port: 80}, {name: 'grpc', port: 81}]")),
                                Reason.AMBIGUOUS_PORT)
                        .text())
                .contains("grpc, http");
        refused(find(null, slice("a", "[]")), Reason.FORBIDDEN);
    }
}
