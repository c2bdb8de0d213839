package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which host names of URLs are ours, and which belong to the caller's normal resolver (rule N-5). */
class ServiceNameTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # host                                | host     | service | namespace | marked
            orders                                | -        | orders  | -         | false
            Orders.Shop                           | -        | orders  | shop      | false
            orders.shop.                          | -        | orders  | shop      | false
            orders.shop.svc                       | -        | orders  | shop      | true
            orders.shop.svc.cluster.local         | -        | orders  | shop      | true
            orders.shop.svc.cluster.local.        | -        | orders  | shop      | true
            orders-0.orders.shop.svc              | orders-0 | orders  | shop      | true
            svc.svc                               | -        | svc     | svc       | false
            localhost.shop                        | -        | localhost | shop    | false
            """)
    void a_name_that_may_be_ours(
            String text, @Nullable String host, String service, @Nullable String namespace, boolean marked) {
        assertThat(ServiceName.ofHost(text, "cluster.local")).hasValueSatisfying(name -> {
            assertThat(name.host()).isEqualTo(host);
            assertThat(name.service()).isEqualTo(service);
            assertThat(name.namespace()).isEqualTo(namespace);
            assertThat(name.isMarked()).isEqualTo(marked);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "localhost",
                "LocalHost",
                "localhost.",
                "127.0.0.1",
                "10.0.0.7.",
                "::1",
                "[::1]",
                "fe80::1%eth0",
                "www.example.com",
                "example.com.svc.org",
                "a.b.c.d.svc",
                "orders.shop.svc.other.domain",
                "orders:80",
                "_http._tcp.orders.shop",
                "orders shop",
                "ördérs.shop",
                "or\u212Aers.shop",
                "orders.shop?x",
                "orders/shop"
            })
    void a_name_that_is_none_of_ours(String text) {
        assertThat(ServiceName.ofHost(text, "cluster.local")).isEmpty();
    }

    @ParameterizedTest(name = "{0} is marked: {1}")
    @CsvSource({
        "k8s:///orders, false",
        "k8s://shop/orders, false",
        "k8s:///orders.shop, false",
        "k8s://shop/orders.shop.svc, true",
        "k8s:///_http._tcp.orders.shop.svc, true"
    })
    void only_svc_in_place_marks_a_name(String text, boolean marked) {
        assertThat(((ServiceTarget) Target.parse(text)).name().isMarked()).isEqualTo(marked);
    }
}
