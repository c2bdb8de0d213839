package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.HTTP;
import static io.inmesh.resolver.kubernetes.rule.Samples.SHOP;
import static io.inmesh.resolver.kubernetes.rule.Samples.serviceWith;
import static io.inmesh.resolver.kubernetes.rule.Samples.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceKey;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group P: from a caller's port text to the numbers to connect to. */
class PortRulesTest {
    private static final String TWO_PORTS =
            "{clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80, targetPort: 8080, nodePort: 30080},"
                    + " {name: 'grpc', port: 90, targetPort: 'g', appProtocol: 'kubernetes.io/h2c'},"
                    + " {name: 'dns', port: 53, protocol: 'UDP'}]}";

    private static String found(ServiceObject service, @Nullable String port, Protocol protocol) {
        PortAnswer answer = ServicePorts.find(service, new Wanted(SHOP, null, port, protocol));
        if (answer instanceof PortAnswer.Named named) {
            return named.port().name() + "=" + named.port().number();
        }
        return answer instanceof PortAnswer.Raw raw
                ? "raw=" + raw.number()
                : ((PortAnswer.Refused) answer).unresolved().reason().name();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "80, TCP, http=80", // P-2
                "http, TCP, http=80",
                "8080, TCP, NO_SUCH_PORT", // P-2: neither target port
                "30080, TCP, NO_SUCH_PORT", // nor node port
                "53, TCP, NO_SUCH_PORT", // P-4
                "53, UDP, dns=53",
                "dns, TCP, NO_SUCH_PORT",
                "-, UDP, dns=53", // P-10: the only one of its protocol
                "-, TCP, AMBIGUOUS_PORT",
                "-, SCTP, NO_SUCH_PORT",
            })
    void a_text_selects_a_service_port_P2_P4_P10(String port, Protocol protocol, String expected) {
        assertThat(found(serviceWith(TWO_PORTS), port, protocol)).isEqualTo(expected);
    }

    @Test
    void digits_are_a_number_even_if_a_port_is_named_so_P11() {
        ServiceObject service = serviceWith("{clusterIP: '10.96.0.1', ports: [{name: '8080', port: 80}]}");
        assertThat(found(service, "8080", Protocol.TCP)).isEqualTo("NO_SUCH_PORT");
        assertThat(found(service, "80", Protocol.TCP)).isEqualTo("8080=80");
    }

    @Test
    void headless_and_alias_take_an_unknown_number_as_it_is_P13_X4() {
        ServiceObject headless = serviceWith("{clusterIP: 'None', ports: [{name: 'sql', port: 5432}]}");
        ServiceObject alias = serviceWith("{type: 'ExternalName', externalName: 'db.example.org'}");
        assertThat(found(headless, "5432", Protocol.TCP)).isEqualTo("sql=5432");
        assertThat(found(headless, "6000", Protocol.TCP)).isEqualTo("raw=6000");
        assertThat(found(alias, "6000", Protocol.TCP)).isEqualTo("raw=6000");
        assertThat(found(alias, "sql", Protocol.TCP)).isEqualTo("NO_SUCH_PORT");
    }

    @Test
    void refusals_name_service_namespace_port_and_what_there_is() {
        Answer.Result ambiguous =
                Samples.resolve(wanted(null), serviceWith(TWO_PORTS), new SliceContributions(), Samples.INSIDE);
        assertThat(((Answer.None) ambiguous).unresolved().text())
                .isEqualTo("shop in namespace prod, no port given: it has 2 TCP ports, http (80), grpc (90);"
                        + " name one, as in 'shop.prod:http'");
        Answer.Result missing =
                Samples.resolve(wanted("8080"), serviceWith(TWO_PORTS), new SliceContributions(), Samples.INSIDE);
        assertThat(((Answer.None) missing).unresolved())
                .satisfies(told -> assertThat(told.reason()).isEqualTo(Reason.NO_SUCH_PORT))
                .satisfies(told -> assertThat(told.text())
                        .startsWith("shop in namespace prod, port 8080: the Service has no such TCP port")
                        .contains("http (80), grpc (90), dns (53/UDP)"));
    }

    @Test
    void the_number_to_connect_to_is_that_of_the_slice_port_of_equal_name_P3() {
        Answer.Found known = (Answer.Found) Samples.resolve(
                wanted("80"),
                serviceWith(TWO_PORTS),
                Samples.join(Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}"))),
                Samples.INSIDE);
        assertThat(known.endpoints()).singleElement().satisfies(endpoint -> assertThat(endpoint.address())
                .isEqualTo("10.1.0.1:8080"));
        assertThat(known.facts().key()).hasToString("shop.prod:http");
    }

    @Test
    void one_name_may_carry_several_numbers_each_endpoint_with_that_of_its_slice_P6() {
        SliceContributions join = Samples.join(
                Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}")),
                Samples.slice(Samples.json("s2", "1", Samples.endpoint("10.1.0.2", "{}"))
                        .replace("8080", "9090")));
        assertThat(Samples.addresses(SliceJoin.endpoints(join.of(SHOP), AddressFamily.IPV4, HTTP)))
                .containsExactly("10.1.0.1:8080", "10.1.0.2:9090");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{port: 8080}", // absent
                "{name: null, protocol: null, port: 8080}",
                "{name: '', protocol: '', port: 8080}",
            })
    void absent_null_and_empty_names_and_protocols_are_one_P8(String port) {
        Slice slice =
                Samples.slice("{metadata: {name: 's', namespace: 'prod'}, addressType: 'IPv4', ports: [" + port + "]}");
        assertThat(slice.ports()).containsExactly(new SlicePort("", Protocol.TCP, 8080, null));
    }

    @Test
    void a_port_without_a_number_yields_nothing_and_the_others_count_P9() {
        Slice slice = Samples.slice("{metadata: {name: 's', namespace: 'prod'}, addressType: 'IPv4', ports: ["
                + "{name: 'a'}, {name: 'b', port: null}, {name: 'c', port: 0}, {name: 'd', port: 1}]}");
        assertThat(slice.ports()).extracting(SlicePort::name).containsExactly("d");
    }

    @Test
    void the_app_protocol_is_that_of_the_slice_port_else_of_the_service_port_P12() {
        String slice = Samples.json("s1", "1", Samples.endpoint("10.1.0.1", "{}"));
        String speaks = slice.replace("port: 8080", "port: 8080, appProtocol: 'grpc'");
        assertThat(appProtocol("http", Samples.slice(speaks))).isEqualTo("grpc");
        assertThat(appProtocol("http", Samples.slice(slice))).isNull();
        assertThat(appProtocol("grpc", Samples.slice(slice))).isEqualTo("kubernetes.io/h2c");
    }

    private static @Nullable String appProtocol(String port, Slice slice) {
        Answer.Result answer =
                Samples.resolve(wanted(port), serviceWith(TWO_PORTS), Samples.join(slice), Samples.INSIDE);
        return ((Answer.Found) answer).facts().appProtocol();
    }

    @Test
    void a_number_that_is_no_port_goes_with_every_address_of_a_headless_service_even_without_ports_H4() {
        String portless = Samples.json(
                        "s1", "1", Samples.endpoint("10.1.0.1", "{}"), Samples.endpoint("10.1.0.2", "{}"))
                .replace("{name: 'http', port: 8080, protocol: 'TCP'}", "");
        Answer.Found known = (Answer.Found) Samples.resolve(
                wanted("6000"),
                serviceWith("{clusterIP: 'None'}"),
                Samples.join(Samples.slice(portless)),
                Samples.INSIDE);
        assertThat(known.endpoints())
                .extracting(endpoint -> endpoint.address())
                .isEqualTo(List.of("10.1.0.1:6000", "10.1.0.2:6000"));
        assertThat(known.facts().key().portName()).isEqualTo("6000");
    }

    private static Answer.Found resolved(String port, String spec, Slice slice) {
        return (Answer.Found) Samples.resolve(wanted(port), serviceWith(spec), Samples.join(slice), Samples.INSIDE);
    }

    @Test
    void a_set_is_named_by_the_port_s_name_and_protocol_and_never_by_a_number_P1() {
        Slice slice = Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}"));
        String spec =
                "{clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}, {name: 'dns', port: 80, protocol: 'UDP'}]}";
        ServiceKey byName = resolved("http", spec, slice).facts().key();
        assertThat(byName.portName()).isEqualTo("http");
        assertThat(byName.protocol()).isEqualTo(Protocol.TCP);
        assertThat(resolved("80", spec, slice).facts().key()).isEqualTo(byName);
        assertThat(resolved("http", spec.replace("port: 80}", "port: 90}"), slice)
                        .facts()
                        .key())
                .as("another number")
                .isEqualTo(byName);
        assertThat(resolved("80", spec, slice).endpoints())
                .extracting(Endpoint::address)
                .as("nor is the endpoints' number that of the service")
                .containsExactly("10.1.0.1:8080");
    }

    @Test
    void one_number_under_two_protocols_is_two_ports_P4() {
        ServiceObject dns = serviceWith("{clusterIP: '10.96.0.1', ports: [{name: 'dns', port: 53, protocol: 'UDP'},"
                + " {name: 'dns-tcp', port: 53}]}");
        assertThat(found(dns, "53", Protocol.UDP)).isEqualTo("dns=53");
        assertThat(found(dns, "53", Protocol.TCP)).isEqualTo("dns-tcp=53");
        assertThat(found(dns, "53", Protocol.SCTP)).isEqualTo("NO_SUCH_PORT");
    }

    @Test
    void a_single_port_may_be_unnamed_on_both_sides_P5() {
        Slice unnamed = Samples.slice(
                Samples.json("s1", "1", Samples.endpoint("10.1.0.1", "{}")).replace("name: 'http', ", ""));
        Answer.Found known = resolved("80", "{clusterIP: '10.96.0.1', ports: [{port: 80}]}", unnamed);
        assertThat(known.endpoints()).extracting(Endpoint::address).containsExactly("10.1.0.1:8080");
        assertThat(known.facts().key().portName()).isEmpty();
    }

    @Test
    void the_largest_slice_that_the_api_admits_is_read_P15() {
        String addresses = "['10.%d.%d.1'" + ", '10.9.9.9'".repeat(99) + "]";
        String[] endpoints = IntStream.range(0, 1000)
                .mapToObj(i -> "{addresses: " + addresses.formatted(i / 250, i % 250) + ", conditions: {ready: true}}")
                .toArray(String[]::new);
        String ports = IntStream.range(0, 20_000)
                .mapToObj(i -> "{name: 'p" + i + "', port: " + (i + 1) + "}")
                .collect(Collectors.joining(", "));
        Slice slice = Samples.slice(
                Samples.json("s1", "1", endpoints).replace("{name: 'http', port: 8080, protocol: 'TCP'}", ports));
        assertThat(slice.ports()).hasSize(20_000);
        List<Endpoint> known = resolved(
                        "p19999", "{clusterIP: '10.96.0.1', ports: [{name: 'p19999', port: 80}]}", slice)
                .endpoints();
        assertThat(known).hasSize(1000);
        assertThat(known).allMatch(endpoint -> endpoint.port() == 20_000);
    }

    @Test
    void a_service_of_another_type_is_not_headless_and_without_ports_it_has_none_S6() {
        for (String type : List.of("ClusterIP", "NodePort", "LoadBalancer")) {
            ServiceObject portless = serviceWith("{type: '" + type + "', clusterIP: ''}"); // Not allocated yet (S-2).
            assertThat(portless.kind()).as(type).isEqualTo(ServiceKind.VIRTUAL_IP);
            assertThat(found(portless, "6000", Protocol.TCP)).as(type).isEqualTo("NO_SUCH_PORT");
        }
        assertThat(found(serviceWith("{clusterIP: 'None'}"), "6000", Protocol.TCP))
                .isEqualTo("raw=6000");
    }
}
