package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.BalancerAddress;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeReader;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServiceType;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What objects say of ways in, types and places: groups S, H and rule T-10, as far as reading goes. */
class ExposureRulesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | CLUSTER_IP",
                "{type: 'ClusterIP'} | CLUSTER_IP",
                "{type: 'NodePort'} | NODE_PORT",
                "{type: 'LoadBalancer'} | LOAD_BALANCER",
                "{type: 'ExternalName'} | EXTERNAL_NAME",
                "{type: 'OfTomorrow'} | CLUSTER_IP",
            })
    void a_missing_type_means_cluster_ip_S1(String spec, ServiceType type) {
        assertThat(Samples.serviceWith(spec).exposure().type()).isEqualTo(type);
    }

    @Test
    void a_selector_that_is_absent_or_empty_is_none_S4() {
        assertThat(Samples.serviceWith("{selector: {}}").selector()).isEmpty();
        assertThat(Samples.serviceWith("{selector: null}").selector()).isEmpty();
        assertThat(Samples.serviceWith("{}").selector()).isEmpty();
        assertThat(Samples.serviceWith("{selector: {app: 'shop'}}").selector()).containsEntry("app", "shop");
    }

    @Test
    void the_api_servers_own_service_is_one_like_others_S5() {
        Slice slice = Samples.slice("{metadata: {name: 'kubernetes', namespace: 'default',"
                + " labels: {'kubernetes.io/service-name': 'kubernetes'}}, addressType: 'IPv4',"
                + " ports: [{name: 'https', port: 6443}], endpoints: [{addresses: ['172.18.0.2']}]}");
        assertThat(Samples.addresses(
                        SliceJoin.endpoints(List.of(slice), AddressFamily.IPV4, new PortName("https", Protocol.TCP))))
                .containsExactly("172.18.0.2:6443");
    }

    @Test
    void another_proxys_service_is_skipped_by_kube_proxy_and_served_here_S7() {
        ServiceObject service = Samples.service("{metadata: {name: 'shop', namespace: 'prod', labels:"
                + " {'service.kubernetes.io/service-proxy-name': 'other'}}, spec: {clusterIP: '10.96.0.1',"
                + " ports: [{name: 'http', port: 80}]}}");
        assertThat(KubeProxyView.of(service, AddressFamily.IPV4)).isEmpty();
        Slice slice = Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}"));
        assertThat(Samples.resolve(Samples.wanted("http"), service, Samples.join(slice), Samples.INSIDE))
                .isInstanceOfSatisfying(Answer.Found.class, known -> assertThat(known.endpoints())
                        .hasSize(1));
    }

    @Test
    void the_label_of_another_proxy_counts_without_a_name_as_well_S7() {
        ServiceObject service = Samples.service("{metadata: {name: 'shop', namespace: 'prod', labels:"
                + " {'service.kubernetes.io/service-proxy-name': ''}}, spec: {clusterIP: '10.96.0.1',"
                + " ports: [{name: 'http', port: 80}]}}");
        assertThat(KubeProxyView.of(service, AddressFamily.IPV4)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"LoadBalancer, Local, 31000", "LoadBalancer, Cluster, 0", "NodePort, Local, 0", "ClusterIP, Local, 0"})
    void kube_proxy_tells_of_local_endpoints_for_balancers_under_local_only_S24(
            String type, String policy, int expected) {
        ServiceObject service = Samples.serviceWith("{clusterIP: '10.96.0.1', type: '" + type
                + "', externalTrafficPolicy: '" + policy + "', healthCheckNodePort: 31000, ports: [{port: 80}]}");
        assertThat(KubeProxyView.of(service, AddressFamily.IPV4).orElseThrow().healthCheckNodePort())
                .isEqualTo(expected);
    }

    @Test
    void kube_proxy_skips_what_has_no_address_of_the_family_and_headless_and_aliases_S2_S3() {
        for (String spec : List.of(
                "{clusterIP: 'None', ports: [{port: 80}]}",
                "{clusterIP: '', ports: [{port: 80}]}",
                "{type: 'ExternalName', externalName: 'a.example', clusterIP: '10.96.0.1', ports: [{port: 80}]}",
                "{clusterIP: 'fd00::1', ports: [{port: 80}]}")) {
            assertThat(KubeProxyView.of(Samples.serviceWith(spec), AddressFamily.IPV4))
                    .as(spec)
                    .isEmpty();
        }
    }

    @Test
    void balancer_entries_are_read_with_mode_and_failures_S21_S22() {
        ServiceObject service = Samples.service(
                "{metadata: {name: 'shop', namespace: 'prod'}, spec: {type: 'LoadBalancer',"
                        + " clusterIP: '10.96.0.1', ports: [{port: 80}], externalTrafficPolicy: 'Local', healthCheckNodePort: 31000},"
                        + " status: {loadBalancer: {ingress: [{ip: '203.0.113.007', ipMode: 'VIP'}, {hostname: 'lb.example', ipMode:"
                        + " 'Proxy', ports: [{port: 80, protocol: 'TCP', error: 'Full'}, {port: 81, protocol: 'TCP'}]}, {}]}}}");
        assertThat(service.exposure().balancer())
                .containsExactly(
                        new BalancerAddress("203.0.113.7", null, true, List.of()),
                        new BalancerAddress(
                                null,
                                "lb.example",
                                false,
                                List.of(new BalancerAddress.Failure(80, Protocol.TCP, "Full"))));
        assertThat(service.exposure().externalPolicy()).isEqualTo(TrafficPolicy.LOCAL);
        assertThat(service.exposure().healthCheckNodePort()).isEqualTo(31000);
    }

    @Test
    void virtual_addresses_are_those_of_each_family_F2() {
        ServiceObject dual = Samples.serviceWith(
                "{clusterIP: 'FD00:0::1', clusterIPs: ['FD00:0::1', '10.96.0.1'], ports: [{port: 80}]}");
        assertThat(dual.exposure().clusterIp(AddressFamily.IPV4)).contains("10.96.0.1");
        assertThat(dual.exposure().clusterIp(AddressFamily.IPV6)).contains("fd00::1");
    }

    @Test
    void all_draining_endpoints_of_a_headless_service_are_used_H1_C4() {
        ServiceObject headless = Samples.serviceWith("{clusterIP: 'None', ports: [{name: 'http', port: 80}]}");
        Slice slice = Samples.slice(
                "s1", "1", Samples.endpoint("10.1.0.1", "{ready: false, serving: true, terminating: true}"));
        assertThat(Samples.resolve(Samples.wanted("http"), headless, Samples.join(slice), Samples.INSIDE))
                .isInstanceOfSatisfying(Answer.Found.class, known -> assertThat(known.endpoints())
                        .singleElement()
                        .satisfies(endpoint ->
                                assertThat(endpoint.usability().isUsable()).isTrue()));
    }

    @Test
    void slices_labelled_headless_count_like_others_H5() {
        Slice slice = Samples.slice(Samples.json("s1", "1", Samples.endpoint("10.1.0.1", "{}"))
                .replace("labels: {", "labels: {'service.kubernetes.io/headless': '', "));
        assertThat(SliceJoin.endpoints(List.of(slice), AddressFamily.IPV4, Samples.HTTP))
                .hasSize(1);
    }

    @Test
    void a_nodes_zone_is_one_label_and_nothing_else_T10() {
        NodeObject node = NodeReader.read(Samples.json("{metadata: {name: 'n1', resourceVersion: '5', labels:"
                + " {'topology.kubernetes.io/zone': 'a', 'failure-domain.beta.kubernetes.io/zone': 'b'}}}"));
        assertThat(node.zone()).isEqualTo("a");
        assertThat(node.ready()).isFalse();
        assertThat(node.addresses()).isEmpty();
        NodeObject old = NodeReader.read(Samples.json(
                "{metadata: {name: 'n1', labels: {'failure-domain.beta.kubernetes.io/zone': 'b', zone: 'c'}}}"));
        assertThat(old.zone()).isNull();
        assertThat(new Locality(node.name(), node.zone())).isEqualTo(new Locality("n1", "a"));
    }

    @Test
    void a_heartbeat_of_a_node_is_no_change_A13() {
        NodeObject node = NodeReader.read(Samples.json("{metadata: {name: 'n1', resourceVersion: '5'}}"));
        NodeObject later =
                NodeReader.read(Samples.json("{metadata: {name: 'n1', resourceVersion: '6'}, status: {conditions:"
                        + " [{type: 'MemoryPressure', status: 'False', lastHeartbeatTime: '2026-01-01T00:00:00Z'}]}}"));
        assertThat(node).isNotEqualTo(later);
        assertThat(node.withoutVersion()).isEqualTo(later.withoutVersion());
    }
}
