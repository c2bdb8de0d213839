package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets made by hand hold to what the parser holds to: no target exists that prints as something else. */
class TargetRecordsTest {
    private static final ServiceName ORDERS = new ServiceName("orders", "shop", null, "orders.shop");

    @Test
    void a_service_made_by_hand_equals_the_one_that_was_typed() {
        assertThat(new ServiceTarget(ORDERS, "080", Protocol.TCP, Map.of("policy", "rr")))
                .isEqualTo(Target.parse("orders.shop:80?policy=rr"));
        assertThat(new ServiceTarget(ORDERS, "HTTP", Protocol.UDP, Map.of()))
                .isEqualTo(Target.parse("orders.shop:http?protocol=udp"));
    }

    @Test
    void parameters_are_copied() {
        Map<String, String> parameters = new HashMap<>(Map.of("policy", "rr"));
        Target service = new ServiceTarget(ORDERS, null, Protocol.TCP, parameters);
        Target pods = new PodsTarget("app", null, null, Protocol.TCP, parameters);
        Target path = new PathTarget("static", "a:1", parameters);
        parameters.put("policy", "random");

        assertThat(service.parameters()).containsOnly(Map.entry("policy", "rr"));
        assertThat(pods.parameters()).containsOnly(Map.entry("policy", "rr"));
        assertThat(path.parameters()).containsOnly(Map.entry("policy", "rr"));
        assertThatThrownBy(() -> service.parameters().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pods", "namespace", "port", "protocol"})
    void a_key_that_says_what_is_reached_is_no_parameter_of_a_kubernetes_target(String key) {
        String expected =
                "parameter '" + key + "' (expected: a key in lower case, none of [namespace, pods, port, protocol])";

        refused(() -> new ServiceTarget(ORDERS, null, Protocol.TCP, Map.of(key, "x")), expected);
        refused(() -> new PodsTarget("app", null, null, Protocol.TCP, Map.of(key, "x")), expected);
        assertThat(new PathTarget("static", "a:1", Map.of(key, "x"))).hasToString("static:///a:1?" + key + "=x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Policy", "K"})
    void a_key_is_neither_empty_nor_in_capitals(String key) {
        refused(
                () -> new PathTarget("static", "a:1", Map.of(key, "x")),
                "parameter '" + key + "' (expected: a key in lower case, none of [])");
    }

    @Test
    void what_no_text_can_say_is_no_parameter() {
        refused(
                () -> new PathTarget("static", "a:1", Map.of("a", "\uD800")),
                "'\uD800' contains U+D800 (expected: neither control characters nor halves of surrogate pairs)");
        refused(
                () -> new ServiceTarget(ORDERS, null, Protocol.TCP, Map.of("a\n", "b")),
                "'a\n' contains U+000A (expected: neither control characters nor halves of surrogate pairs)");
    }

    @Test
    void a_port_is_checked_by_every_kind_that_has_one() {
        refused(() -> new ServiceTarget(ORDERS, "65536", Protocol.TCP, Map.of()), "port 65536 (expected: 1..65535)");
        refused(() -> new PodsTarget("app", null, "0", Protocol.TCP, Map.of()), "port 0 (expected: 1..65535)");
        refused(
                () -> new ServiceTarget(ORDERS, "", Protocol.TCP, Map.of()),
                "the port is empty (expected: a port's number or name)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\u3000", "()", "=,!"})
    void a_selector_that_selects_nothing_in_particular_is_refused(String selector) {
        refused(
                () -> new PodsTarget(selector, null, null, Protocol.TCP, Map.of()),
                "pods '" + selector.strip() + "' (expected: a label selector; an empty one would match every pod)");
    }

    @Test
    void pods_are_in_a_namespace_in_lower_case() {
        refused(
                () -> new PodsTarget("app", "Shop", null, Protocol.TCP, Map.of()),
                "label 'Shop' contains 'S' (expected: a-z, 0-9 and '-')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a?b"})
    void a_path_is_not_empty_and_ends_where_the_query_begins(String path) {
        refused(
                () -> new PathTarget("static", path, Map.of()),
                "path '" + path
                        + "' of scheme 'static' (expected: not empty and without '?', behind which the query begins)");
    }

    @Test
    void a_path_has_a_scheme_of_its_own() {
        refused(
                () -> new PathTarget("k8s", "orders", Map.of()),
                "scheme 'k8s' (expected: another one; k8s reaches services and pods)");
        refused(
                () -> new PathTarget("Static", "orders", Map.of()),
                "scheme 'Static' (expected: a letter, then letters, digits, '+', '-' or '.')");
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            orders | -    | -  | orders
            orders | shop | -  | orders
            orders | shop | -  | orders.shop
            orders | shop | -  | orders.shop.svc
            orders | shop | -  | orders.shop.svc.corp.example
            orders | shop | db | db.orders.shop.svc
            orders | shop | db | db.orders.shop.svc.corp.example
            """)
    void a_name_is_typed_in_any_form_that_says_it(
            String service, @Nullable String namespace, @Nullable String host, String typed) {
        assertThat(new ServiceName(service, namespace, host, typed).typed()).isEqualTo(typed);
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            orders | -    | -  | orders.shop
            orders | -    | -  | orders.null
            orders | -    | -  | orders.null.svc
            orders | shop | -  | orders.prod
            orders | shop | -  | orders.shop.x
            orders | shop | -  | orders.shop.svcx
            orders | shop | db | orders
            orders | shop | db | orders.shop
            orders | shop | db | db.orders.shop
            orders | -    | db | db.orders.null.svc
            orders | shop | db | orders.shop.svc
            """)
    void a_name_is_not_typed_as_something_else(
            String service, @Nullable String namespace, @Nullable String host, String typed) {
        refused(
                () -> new ServiceName(service, namespace, host, typed),
                "typed name '" + typed + "' (expected: one that says host " + host + ", service " + service
                        + " and namespace " + namespace + ")");
    }

    @Test
    void a_name_is_made_of_labels_N9() {
        refused(
                () -> new ServiceName("Orders", null, null, "Orders"),
                "label 'Orders' contains 'O' (expected: a-z, 0-9 and '-')");
        refused(
                () -> new ServiceName("orders", "a.b", null, "orders"),
                "label 'a.b' contains '.' (expected: a-z, 0-9 and '-')");
        refused(
                () -> new ServiceName("orders", "shop", null, "orders.shop.svc.a b"),
                "label 'a b' contains ' ' (expected: a-z, 0-9 and '-')");
    }

    private static void refused(ThrowingCallable making, String message) {
        assertThatThrownBy(making)
                .isExactlyInstanceOf(InvalidTargetException.class)
                .hasMessage(message);
    }
}
