package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form that is accepted, and what it says. */
class TargetFormsTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # rule | text                                          | host | service  | namespace | port | protocol | authority                   | printed
            N-2  | orders                                          | -    | orders   | -         | -    | TCP      | orders                      | k8s:///orders
            N-2  | orders:80                                       | -    | orders   | -         | 80   | TCP      | orders:80                   | k8s:///orders:80
            N-2  | orders:http                                     | -    | orders   | -         | http | TCP      | orders                      | k8s:///orders:http
            N-2  | orders.shop                                     | -    | orders   | shop      | -    | TCP      | orders.shop                 | k8s:///orders.shop
            N-2  | orders.shop:8080                                | -    | orders   | shop      | 8080 | TCP      | orders.shop:8080            | k8s:///orders.shop:8080
            N-2  | orders.shop:grpc                                | -    | orders   | shop      | grpc | TCP      | orders.shop                 | k8s:///orders.shop:grpc
            N-2  | orders.shop.svc                                 | -    | orders   | shop      | -    | TCP      | orders.shop.svc             | k8s:///orders.shop.svc
            N-2  | orders.shop.svc:80                              | -    | orders   | shop      | 80   | TCP      | orders.shop.svc:80          | k8s:///orders.shop.svc:80
            N-2  | orders.shop.svc.cluster.local                   | -    | orders   | shop      | -    | TCP      | orders.shop.svc.cluster.local | k8s:///orders.shop.svc.cluster.local
            N-2  | orders.shop.svc.cluster.local:http              | -    | orders   | shop      | http | TCP      | orders.shop.svc.cluster.local | k8s:///orders.shop.svc.cluster.local:http
            N-2  | orders.shop.svc.cluster.local.                  | -    | orders   | shop      | -    | TCP      | orders.shop.svc.cluster.local | k8s:///orders.shop.svc.cluster.local
            N-2  | orders.shop.svc.cluster.local.:80               | -    | orders   | shop      | 80   | TCP      | orders.shop.svc.cluster.local:80 | k8s:///orders.shop.svc.cluster.local:80
            N-2  | orders.shop.                                    | -    | orders   | shop      | -    | TCP      | orders.shop                 | k8s:///orders.shop
            N-2  | orders.                                         | -    | orders   | -         | -    | TCP      | orders                      | k8s:///orders
            H-2  | orders-0.orders.shop.svc                        | orders-0 | orders | shop    | -    | TCP      | orders-0.orders.shop.svc    | k8s:///orders-0.orders.shop.svc
            H-2  | orders-0.orders.shop.svc:9090                   | orders-0 | orders | shop    | 9090 | TCP      | orders-0.orders.shop.svc:9090 | k8s:///orders-0.orders.shop.svc:9090
            H-2  | orders-0.orders.shop.svc.cluster.local:grpc     | orders-0 | orders | shop    | grpc | TCP      | orders-0.orders.shop.svc.cluster.local | k8s:///orders-0.orders.shop.svc.cluster.local:grpc
            N-1  | ORDERS.Shop:HTTP                                | -    | orders   | shop      | http | TCP      | orders.shop                 | k8s:///orders.shop:http
            N-1  | K8S:///Orders.SHOP.SVC.Cluster.Local:80         | -    | orders   | shop      | 80   | TCP      | orders.shop.svc.cluster.local:80 | k8s:///orders.shop.svc.cluster.local:80
            N-1  | 1st-shop.9                                      | -    | 1st-shop | 9         | -    | TCP      | 1st-shop.9                  | k8s:///1st-shop.9
            N-1  | 8080:8080                                       | -    | 8080     | -         | 8080 | TCP      | 8080:8080                   | k8s:///8080:8080
            N-4  | svc.svc                                         | -    | svc      | svc       | -    | TCP      | svc.svc                     | k8s:///svc.svc
            N-4  | svc.svc.svc                                     | -    | svc      | svc       | -    | TCP      | svc.svc.svc                 | k8s:///svc.svc.svc
            N-4  | svc.svc.svc.svc                                 | svc  | svc      | svc       | -    | TCP      | svc.svc.svc.svc             | k8s:///svc.svc.svc.svc
            N-4  | a.b.svc.svc                                     | a    | b        | svc       | -    | TCP      | a.b.svc.svc                 | k8s:///a.b.svc.svc
            N-4  | 10.0.7.svc                                      | 10   | 0        | 7         | -    | TCP      | 10.0.7.svc                  | k8s:///10.0.7.svc
            N-8  | k8s:///orders.shop:80                           | -    | orders   | shop      | 80   | TCP      | orders.shop:80              | k8s:///orders.shop:80
            N-8  | k8s:///orders                                   | -    | orders   | -         | -    | TCP      | orders                      | k8s:///orders
            N-8  | k8s://shop/orders:80                            | -    | orders   | shop      | 80   | TCP      | orders:80                   | k8s://shop/orders:80
            N-8  | k8s://SHOP/Orders:http                          | -    | orders   | shop      | http | TCP      | orders                      | k8s://shop/orders:http
            N-8  | k8s://shop/orders.shop:80                       | -    | orders   | shop      | 80   | TCP      | orders.shop:80              | k8s:///orders.shop:80
            N-8  | k8s://shop/orders.shop.svc                      | -    | orders   | shop      | -    | TCP      | orders.shop.svc             | k8s:///orders.shop.svc
            N-10 | _grpc._tcp.orders.shop.svc.cluster.local        | -    | orders   | shop      | grpc | TCP      | orders.shop.svc.cluster.local | k8s:///orders.shop.svc.cluster.local:grpc
            N-10 | _dns._udp.kube-dns.kube-system.svc              | -    | kube-dns | kube-system | dns | UDP     | kube-dns.kube-system.svc    | k8s:///kube-dns.kube-system.svc:dns?protocol=udp
            N-10 | k8s:///_DNS._UDP.kube-dns.kube-system           | -    | kube-dns | kube-system | dns | UDP     | kube-dns.kube-system        | k8s:///kube-dns.kube-system:dns?protocol=udp
            N-10 | k8s://shop/_http._tcp.orders                    | -    | orders   | shop      | http | TCP      | orders                      | k8s://shop/orders:http
            N-10 | _http._tcp.orders-0.orders.shop.svc             | orders-0 | orders | shop    | http | TCP      | orders-0.orders.shop.svc    | k8s:///orders-0.orders.shop.svc:http
            N-10 | _dns._udp.kube-dns.kube-system?protocol=UDP     | -    | kube-dns | kube-system | dns | UDP     | kube-dns.kube-system        | k8s:///kube-dns.kube-system:dns?protocol=udp
            P-4  | kube-dns.kube-system:53?protocol=udp            | -    | kube-dns | kube-system | 53  | UDP     | kube-dns.kube-system:53     | k8s:///kube-dns.kube-system:53?protocol=udp
            P-4  | kube-dns.kube-system:53?Protocol=Tcp            | -    | kube-dns | kube-system | 53  | TCP     | kube-dns.kube-system:53     | k8s:///kube-dns.kube-system:53
            P-4  | media:5000?protocol=sctp                        | -    | media    | -         | 5000 | SCTP     | media:5000                  | k8s:///media:5000?protocol=sctp
            P-11 | orders:00080                                    | -    | orders   | -         | 80   | TCP      | orders:80                   | k8s:///orders:80
            P-11 | orders:1                                        | -    | orders   | -         | 1    | TCP      | orders:1                    | k8s:///orders:1
            P-11 | orders:65535                                    | -    | orders   | -         | 65535 | TCP     | orders:65535                | k8s:///orders:65535
            P-11 | orders:8080-web                                 | -    | orders   | -         | 8080-web | TCP  | orders                      | k8s:///orders:8080-web
            N-2  | k8s:orders                                      | -    | k8s      | -         | orders | TCP    | k8s                         | k8s:///k8s:orders
            """)
    void a_service_and_its_port_N1_N2_N4_N8_N10(
            String rule,
            String text,
            @Nullable String host,
            String service,
            @Nullable String namespace,
            @Nullable String port,
            Protocol protocol,
            String authority,
            String printed) {
        Target target = Target.parse(text);

        assertThat(target).as(rule).isInstanceOfSatisfying(ServiceTarget.class, found -> {
            assertThat(found.name().host()).isEqualTo(host);
            assertThat(found.name().service()).isEqualTo(service);
            assertThat(found.name().namespace()).isEqualTo(namespace);
            assertThat(found.port()).isEqualTo(port);
            assertThat(found.protocol()).isEqualTo(protocol);
        });
        assertThat(target.scheme()).isEqualTo("k8s");
        assertThat(target.authority()).isEqualTo(authority);
        assertThat(target.parameters()).isEmpty();
        assertThat(target.withoutParameters()).isSameAs(target);
        assertThat(target).hasToString(printed);
        assertThat(Target.parse(printed)).isEqualTo(target);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "orders.shop.svc.corp.example,     orders, shop, -",
        "orders.shop.svc.CORP.example.,    orders, shop, -",
        "db-0.db.shop.svc.corp.example:80, db,     shop, db-0",
        "orders.shop.svc:80,               orders, shop, -"
    })
    void a_configured_cluster_domain_ends_names_N6(String text, String service, String namespace, String host) {
        for (String domain : new String[] {"corp.example", "Corp.Example", "corp.example."}) {
            Target target = Target.parse(text, domain);

            assertThat(target).isInstanceOfSatisfying(ServiceTarget.class, found -> {
                assertThat(found.name().service()).isEqualTo(service);
                assertThat(found.name().namespace()).isEqualTo(namespace);
                assertThat(found.name().host()).isEqualTo(host.equals("-") ? null : host);
            });
            assertThat(Target.parse(target.toString(), domain)).isEqualTo(target);
        }
    }

    @Test
    void the_default_domain_is_none_where_another_is_configured_N6() {
        assertThat(Refusal.of("orders.shop.svc.cluster.local", "corp.example"))
                .contains("more than two labels", "'corp.example'");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            k8s:///?pods=app%3Dorders&namespace=shop&port=grpc | app=orders      | shop | grpc | TCP | pods.shop | k8s:///?namespace=shop&pods=app%3Dorders&port=grpc
            k8s:///?pods=app%3Dorders                          | app=orders      | -    | -    | TCP | pods      | k8s:///?pods=app%3Dorders
            k8s://shop/?pods=app%3Dorders&port=080             | app=orders      | shop | 80   | TCP | pods.shop | k8s:///?namespace=shop&pods=app%3Dorders&port=80
            k8s://shop/?pods=app%3Dorders&namespace=SHOP       | app=orders      | shop | -    | TCP | pods.shop | k8s:///?namespace=shop&pods=app%3Dorders
            ?pods=app=orders                                   | app=orders      | -    | -    | TCP | pods      | k8s:///?pods=app%3Dorders
            ?PODS=App%3DOrders&Port=DNS&protocol=udp           | App=Orders      | -    | dns  | UDP | pods      | k8s:///?pods=App%3DOrders&port=dns&protocol=udp
            ?pods=app%20in%20(a,b),!old                        | app in (a,b),!old | -  | -    | TCP | pods      | k8s:///?pods=app%20in%20(a,b),!old
            ?pods=%20%E3%80%80app%20                           | app             | -    | -    | TCP | pods      | k8s:///?pods=app
            ?pods=a%26b%3Fc%23d%2Be%25                         | a&b?c#d+e%      | -    | -    | TCP | pods      | k8s:///?pods=a%26b%3Fc%23d%2Be%25
            ?pods=a+b                                          | a+b             | -    | -    | TCP | pods      | k8s:///?pods=a%2Bb
            """)
    void pods_by_label_selector(
            String text,
            String selector,
            @Nullable String namespace,
            @Nullable String port,
            Protocol protocol,
            String authority,
            String printed) {
        Target target = Target.parse(text);

        assertThat(target).isEqualTo(new PodsTarget(selector, namespace, port, protocol, Map.of()));
        assertThat(target.scheme()).isEqualTo("k8s");
        assertThat(target.authority()).isEqualTo(authority);
        assertThat(target).hasToString(printed);
        assertThat(Target.parse(printed)).isEqualTo(target);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            static:///10.0.0.7:8080,10.0.0.8:8080 | static | 10.0.0.7:8080,10.0.0.8:8080 | 10.0.0.7:8080
            STATIC:///[::1]:80                    | static | [::1]:80                    | [::1]:80
            dns:///db.example:5432                | dns    | db.example:5432             | db.example:5432
            x+y-1.z:////a/b                       | x+y-1.z | /a/b                       | /a/b
            x:///%zz#A b://c                      | x      | %zz#A b://c                 | %zz#A b://c
            """)
    void any_other_scheme_has_a_path_of_its_own(String text, String scheme, String path, String authority) {
        Target target = Target.parse(text);

        assertThat(target).isEqualTo(new PathTarget(scheme, path, Map.of()));
        assertThat(target.scheme()).isEqualTo(scheme);
        assertThat(target.authority()).isEqualTo(authority);
        assertThat(target).hasToString(scheme + ":///" + path);
        assertThat(Target.schemeOf(text)).isEqualTo(scheme);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders.shop:http?policy=round-robin&eject.interval=10s",
                "k8s:///orders.shop:http?eject.interval=10s&POLICY=round-robin",
            })
    void settings_follow_as_a_query_in_any_order_and_with_keys_in_any_case(String text) {
        Target target = Target.parse(text);

        assertThat(target.parameters())
                .containsOnly(Map.entry("policy", "round-robin"), Map.entry("eject.interval", "10s"));
        assertThat(target).hasToString("k8s:///orders.shop:http?eject.interval=10s&policy=round-robin");
        assertThat(target.withoutParameters()).isEqualTo(Target.parse("orders.shop:http"));
    }

    @Test
    void settings_are_kept_beside_what_says_what_is_reached() {
        Target pods = Target.parse("?policy=rr&pods=app&port=http&protocol=udp");
        Target fixed = Target.parse("static:///a:1?port=http&protocol=udp&policy=rr");

        assertThat(pods.parameters()).containsOnly(Map.entry("policy", "rr"));
        assertThat(pods.withoutParameters()).isEqualTo(Target.parse("?pods=app&port=http&protocol=udp"));
        assertThat(fixed.parameters())
                .as("only k8s gives port and protocol a meaning")
                .containsOnlyKeys("port", "protocol", "policy");
        assertThat(fixed).hasToString("static:///a:1?policy=rr&port=http&protocol=udp");
        assertThat(fixed.withoutParameters()).isEqualTo(Target.parse("static:///a:1"));
    }

    @Test
    void values_may_hold_anything_that_is_encoded_and_may_be_empty() {
        Target target = Target.parse("orders?a=&b=x=y&c=%E2%82%AC%f0%9f%99%82&%C3%A4=1%2f2&d=x://y?z");

        assertThat(target.parameters())
                .containsOnly(
                        Map.entry("a", ""),
                        Map.entry("b", "x=y"),
                        Map.entry("c", "€🙂"),
                        Map.entry("ä", "1/2"),
                        Map.entry("d", "x://y?z"));
        assertThat(target).hasToString("k8s:///orders?a=&b=x%3Dy&c=%E2%82%AC%F0%9F%99%82&d=x:%2F%2Fy%3Fz&%C3%A4=1%2F2");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "orders, k8s",
        "orders?x=a://b, k8s",
        "'', k8s",
        "K8S://x, k8s",
        "static:///a, static",
        "Weird Scheme://, weird scheme"
    })
    void the_scheme_is_told_without_checking_the_rest(String text, String scheme) {
        assertThat(Target.schemeOf(text)).isEqualTo(scheme);
    }

    @Test
    void only_a_number_is_a_port_number_P11() {
        assertThat(((ServiceTarget) Target.parse("orders:8080")).portNumber()).hasValue(8080);
        assertThat(((ServiceTarget) Target.parse("orders:http")).portNumber()).isEmpty();
        assertThat(((ServiceTarget) Target.parse("orders")).portNumber()).isEmpty();
    }

    @Test
    void two_labels_are_never_a_host_of_a_headless_service_though_dns_tries_that_first_N3_N4() {
        ServiceName name = ((ServiceTarget) Target.parse("a.b")).name();
        assertThat(name.service()).isEqualTo("a");
        assertThat(name.namespace()).isEqualTo("b");
        assertThat(name.host())
                .as("which DNS would look for in the own namespace")
                .isNull();
        assertThat(((ServiceTarget) Target.parse("a.b.c.svc")).name().host()).isEqualTo("a");
        assertThat(Refusal.of("a.b.c"))
                .as("host a of service b in namespace c, to DNS")
                .contains("more than two labels");
    }
}
