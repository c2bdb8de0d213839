package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.endpoint;
import static io.inmesh.resolver.kubernetes.rule.Samples.serviceWith;
import static io.inmesh.resolver.kubernetes.rule.Samples.slice;
import static io.inmesh.resolver.kubernetes.rule.Samples.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups S, Y-1, Y-7, H-2: what a Service means. */
class ServiceRulesTest {
    private static final SliceContributions TWO = Samples.join(slice(
            "s1",
            "1",
            endpoint("10.1.0.1", "{}").replace("{addresses", "{hostname: 'shop-0', addresses"),
            endpoint("10.1.0.2", "{}").replace("{addresses", "{hostname: 'shop-1', addresses")));
    private static final String PORTS = "ports: [{name: 'http', port: 80}]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{clusterIP: '10.96.0.1'} | VIRTUAL_IP", // S-1: no type
                "{type: 'ClusterIP', clusterIP: '10.96.0.1'} | VIRTUAL_IP",
                "{type: 'NodePort', clusterIP: '10.96.0.1'} | VIRTUAL_IP",
                "{type: 'LoadBalancer', clusterIP: '10.96.0.1'} | VIRTUAL_IP",
                "{type: 'ClusterIP', clusterIP: ''} | VIRTUAL_IP", // S-2: not allocated yet
                "{type: 'ClusterIP', clusterIP: 'None'} | HEADLESS",
                "{type: 'ExternalName', externalName: 'x.example.org', clusterIP: '10.96.0.1'} | EXTERNAL_NAME", // S-3
                "{clusterIP: '10.96.0.1', selector: {}} | VIRTUAL_IP", // S-4
            })
    void types_are_kinds(String spec, ServiceKind kind) {
        assertThat(serviceWith(spec).kind()).isEqualTo(kind);
    }

    private static Unresolved refusal(Wanted wanted, @Nullable ServiceObject service, ClientPlace place) {
        return ((Answer.None) Samples.resolve(wanted, service, TWO, place)).unresolved();
    }

    @Test
    void no_service_is_not_found_though_slices_exist_S9() {
        Unresolved told = refusal(wanted("http"), null, Samples.INSIDE);
        assertThat(told.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(told.text()).startsWith("shop in namespace prod, port http: there is no Service of that name");
    }

    @Test
    void a_service_not_allocated_yet_and_a_headless_one_are_served_from_slices_S2() {
        for (String ip : new String[] {"''", "'None'"}) {
            Answer.Result answer = Samples.resolve(
                    wanted("http"), serviceWith("{clusterIP: " + ip + ", " + PORTS + "}"), TWO, Samples.INSIDE);
            assertThat(((Answer.Found) answer).endpoints()).hasSize(2);
        }
    }

    @Test
    void an_alias_leads_to_what_its_name_stands_for_and_its_slices_are_ignored_S3_X3_X6() {
        ServiceObject alias = serviceWith("{type: 'ExternalName', externalName: 'db.example.org', " + PORTS + "}");
        Answer.Found found = (Answer.Found) Samples.resolve(wanted("http"), alias, TWO, Samples.INSIDE);
        assertThat(found.endpoints())
                .extracting(Endpoint::address, each -> each.usability().isUsable())
                .containsExactly(tuple("192.0.2.7:80", true));
        assertThat(found.facts().alias()).as("X-5").isEqualTo("db.example.org");
    }

    @Test
    void from_outside_the_text_says_so_and_how_to_say_otherwise_S20_S28() {
        ClientPlace outside = new ClientPlace(Locality.UNKNOWN, "because", null, Set.of());
        Unresolved told = refusal(wanted("http"), serviceWith("{clusterIP: 'None', " + PORTS + "}"), outside);
        assertThat(told.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(told.text()).contains("(because)").contains("inmesh.kubernetes.network=inside");
        assertThat(refusal(wanted("http"), null, outside).reason())
                .as("what does not exist is not found from anywhere")
                .isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal(wanted("no"), serviceWith("{clusterIP: 'None', " + PORTS + "}"), outside)
                        .reason())
                .isEqualTo(Reason.NO_SUCH_PORT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{clusterIP: '10.96.0.1'} | -",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'None'} | -",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP'} | 10800",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}} | 60",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}} | 86400",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}} | 10800",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}} | 10800",
                "{clusterIP: '10.96.0.1', sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: null}} | 10800",
                "{clusterIP: 'None', sessionAffinity: 'ClientIP'} | -", // Y-7
                "{type: 'ExternalName', sessionAffinity: 'ClientIP'} | -",
            })
    void session_affinity_is_a_fact_of_services_with_an_address_Y1(String spec, @Nullable Long seconds) {
        assertThat(serviceWith(spec).sessionAffinity()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @Test
    void annotations_of_ours_are_facts_without_their_prefix() {
        ServiceObject service = Samples.service(
                "{metadata: {name: 'shop', namespace: 'prod', annotations: {"
                        + "'inmesh.io/policy': 'random', 'inmesh.io/eject.interval': '10s', 'other.io/policy': 'x'}}, spec: {}}");
        assertThat(service.annotations())
                .containsOnly(Map.entry("policy", "random"), Map.entry("eject.interval", "10s"));
    }

    private static Answer.Found host(String host) {
        Wanted wanted = new Wanted(Samples.SHOP, host, "http", Protocol.TCP);
        ServiceObject headless = serviceWith("{clusterIP: 'None', " + PORTS + "}");
        return (Answer.Found) Samples.resolve(wanted, headless, TWO, Samples.INSIDE);
    }

    @Test
    void a_host_is_the_endpoint_of_that_host_name_and_a_set_of_its_own_H2() {
        Answer.Found known = host("shop-1");
        assertThat(known.endpoints()).extracting(endpoint -> endpoint.address()).containsExactly("10.1.0.2:8080");
        assertThat(known.facts().key()).hasToString("shop-1.shop.prod:http");
    }

    @Test
    void an_unknown_host_is_no_endpoints_and_the_text_says_which_there_are_H2_H3() {
        Answer.Found known = host("10-1-0-1");
        assertThat(known.endpoints()).isEmpty();
        assertThat(known.words()).satisfies(words -> {
            assertThat(words).isNotNull();
            assertThat(words.reason()).isEqualTo(Reason.NO_ENDPOINTS);
            assertThat(words.text()).contains("'10-1-0-1'").contains("shop-0 to shop-1");
        });
    }
}
