package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every text that is refused, and what is said to whoever typed it; {@link Refusal} checks input and accepted forms in each. */
class TargetRefusalsTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # rule | text                           | what is wrong
            N-9  | ''                               | no service is named
            N-9  | k8s:///                          | no service is named
            N-9  | k8s://shop/                      | no service is named
            N-9  | :80                              | no service is named
            N-9  | .                                | '.' has an empty label (expected: at least one letter or digit)
            N-9  | orders..shop                     | 'orders..shop' has an empty label (expected: at least one letter or digit)
            N-9  | .orders                          | '.orders' has an empty label (expected: at least one letter or digit)
            N-9  | orders..                         | 'orders..' has an empty label (expected: at least one letter or digit)
            N-9  | orders_new.shop                  | label 'orders_new' contains '_' (expected: a-z, 0-9 and '-')
            N-9  | 'orders shop'                    | label 'orders shop' contains ' ' (expected: a-z, 0-9 and '-')
            N-9  | ' orders'                        | label ' orders' contains ' ' (expected: a-z, 0-9 and '-')
            N-9  | orders#x                         | label 'orders#x' contains '#' (expected: a-z, 0-9 and '-')
            N-9  | orders%2Eshop                    | label 'orders%2eshop' contains '%' (expected: a-z, 0-9 and '-')
            N-9  | bücher                           | label 'bücher' contains 'ü' (expected: a-z, 0-9 and '-')
            N-9  | 🙂                               | label '🙂' contains '🙂' (expected: a-z, 0-9 and '-')
            N-9  | -orders                          | label '-orders' starts or ends with '-' (expected: a letter or digit at both ends)
            N-9  | orders-.shop                     | label 'orders-' starts or ends with '-' (expected: a letter or digit at both ends)
            N-9  | orders.shop.svc.Cluster_local    | label 'cluster_local' contains '_' (expected: a-z, 0-9 and '-')
            N-9  | orders:                          | the port is empty (expected: a port's number or name)
            N-9  | orders:0                         | port 0 (expected: 1..65535)
            N-9  | orders:000                       | port 000 (expected: 1..65535)
            N-9  | orders:65536                     | port 65536 (expected: 1..65535)
            N-9  | orders:99999999999999999999      | port 99999999999999999999 (expected: 1..65535)
            N-9  | orders:-1                        | label '-1' starts or ends with '-' (expected: a letter or digit at both ends)
            N-9  | orders:ht tp                     | label 'ht tp' contains ' ' (expected: a-z, 0-9 and '-')
            N-9  | orders:٨٠                        | label '٨٠' contains '٨' (expected: a-z, 0-9 and '-')
            N-9  | orders:a.b                       | label 'a.b' contains '.' (expected: a-z, 0-9 and '-')
            N-5  | 10.0.0.7                         | '10.0.0.7' is an IP address, not a service
            N-5  | 10.0.0.7:80                      | '10.0.0.7' is an IP address, not a service
            N-5  | 10.0.0.7.                        | '10.0.0.7.' is an IP address, not a service
            N-5  | [::1]:80                         | '[::1]:80' is an IP address or has more than one ':'
            N-5  | k8s:///[::1]                     | '[::1]' is an IP address or has more than one ':'
            N-5  | ::1                              | '::1' is an IP address or has more than one ':'
            N-5  | orders:80:80                     | 'orders:80:80' is an IP address or has more than one ':'
            N-5  | a.b.c                            | 'a.b.c' has more than two labels and is no cluster name: those have 'svc' as third (or, with a host, fourth) label and end there or with 'cluster.local'
            N-5  | www.shop.example.com:443         | 'www.shop.example.com' has more than two labels and is no cluster name: those have 'svc' as third (or, with a host, fourth) label and end there or with 'cluster.local'
            N-5  | orders.shop.svc.cluster          | 'orders.shop.svc.cluster' has more than two labels and is no cluster name: those have 'svc' as third (or, with a host, fourth) label and end there or with 'cluster.local'
            N-5  | a.orders.shop.svc.local          | 'a.orders.shop.svc.local' has more than two labels and is no cluster name: those have 'svc' as third (or, with a host, fourth) label and end there or with 'cluster.local'
            N-5  | b.a.orders.shop.svc              | 'b.a.orders.shop.svc' has more than two labels and is no cluster name: those have 'svc' as third (or, with a host, fourth) label and end there or with 'cluster.local'
            N-8  | k8s://shop/orders.prod           | namespace 'shop' before the path and 'prod' in it differ (expected: one namespace)
            N-8  | k8s://shop/a.orders.prod.svc     | namespace 'shop' before the path and 'prod' in it differ (expected: one namespace)
            N-8  | k8s://shop/_http._tcp.a.prod     | namespace 'shop' before the path and 'prod' in it differ (expected: one namespace)
            N-8  | k8s://orders                     | 'k8s://orders' has no third '/' (did you mean 'k8s:///orders'?)
            N-8  | k8s://orders.shop:80?a=b         | 'k8s://orders.shop:80' has no third '/' (did you mean 'k8s:///orders.shop:80'?)
            N-8  | K8S://Orders.shop:http           | 'k8s://Orders.shop:http' has no third '/' (did you mean 'k8s:///Orders.shop:http'?)
            N-8  | k8s://orders.shop:80/            | 'orders.shop:80' stands where a namespace may stand (did you mean 'k8s:///orders.shop:80'?)
            N-8  | k8s://orders:80/x                | 'orders:80' stands where a namespace may stand (did you mean 'k8s:///orders:80'?)
            N-8  | k8s://a_b/orders                 | label 'a_b' contains '_' (expected: a-z, 0-9 and '-')
            N-8  | k8s:////orders                   | '/orders' contains '/'
            N-8  | k8s://shop/orders/80             | 'orders/80' contains '/'
            N-8  | shop/orders                      | 'shop/orders' contains '/'
            N-8  | k8s:/orders                      | 'k8s:/orders' contains '/'
            N-10 | _http                            | '_http' starts like an SRV name and is none (expected: _PORT._PROTOCOL.SERVICE...)
            N-10 | _http._tcp                       | '_http._tcp' starts like an SRV name and is none (expected: _PORT._PROTOCOL.SERVICE...)
            N-10 | _http.tcp.orders                 | '_http.tcp.orders' starts like an SRV name and is none (expected: _PORT._PROTOCOL.SERVICE...)
            N-10 | _http._tcp.                      | no service is named
            N-10 | _._tcp.orders                    | the port is empty (expected: a port's number or name)
            N-10 | _80._tcp.orders                  | '_80' is a number (expected: a port's name, SRV names exist for named ports only)
            N-10 | _http._quic.orders               | protocol 'quic' (expected: tcp, udp or sctp)
            N-10 | _http._.orders                   | protocol '' (expected: tcp, udp or sctp)
            N-10 | _http._tcp.orders:80             | '_http._tcp.orders' names its port, and ':80' names one again (expected: one of them)
            N-10 | _http._tcp.orders:               | '_http._tcp.orders' names its port, and ':' names one again (expected: one of them)
            N-10 | _dns._udp.a?protocol=tcp         | protocol '_udp' in the name and 'tcp' in the query differ (expected: one protocol)
            N-10 | _dns._tcp.a?protocol=udp         | protocol '_tcp' in the name and 'udp' in the query differ (expected: one protocol)
            P-4  | orders?protocol=quic             | protocol 'quic' (expected: tcp, udp or sctp)
            P-4  | orders?protocol=                 | protocol '' (expected: tcp, udp or sctp)
            """)
    void a_name_or_port_that_is_none_N5_N8_N9_N10_P4(String rule, String text, String wrong) {
        assertThat(Refusal.of(text)).as(rule).isEqualTo(wrong);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            k8s:///?pods=                                 | pods '' (expected: a label selector; an empty one would match every pod)
            k8s:///?pods=%20%20                           | pods '' (expected: a label selector; an empty one would match every pod)
            k8s:///?pods=%E3%80%80                        | pods '' (expected: a label selector; an empty one would match every pod)
            k8s:///?pods=,                                | pods ',' (expected: a label selector; an empty one would match every pod)
            k8s:///orders?pods=app                        | both a name ('orders') and the query key 'pods' are given (expected: one of them)
            k8s:///?pods=app&namespace=                   | '' has an empty label (expected: at least one letter or digit)
            k8s:///?pods=app&namespace=a.b                | label 'a.b' contains '.' (expected: a-z, 0-9 and '-')
            k8s://shop/?pods=app&namespace=prod           | namespace 'shop' before the path and 'prod' in it differ (expected: one namespace)
            k8s:///?pods=app&port=                        | the port is empty (expected: a port's number or name)
            k8s:///?pods=app&port=70000                   | port 70000 (expected: 1..65535)
            k8s:///?pods=app&protocol=x                   | protocol 'x' (expected: tcp, udp or sctp)
            orders?namespace=shop                         | query key 'namespace' goes with 'pods' only (expected: it in the name, as in 'SERVICE.NAMESPACE:PORT')
            orders?port=80                                | query key 'port' goes with 'pods' only (expected: it in the name, as in 'SERVICE.NAMESPACE:PORT')
            k8s:///?namespace=shop&port=80                | query key 'namespace' goes with 'pods' only (expected: it in the name, as in 'SERVICE.NAMESPACE:PORT')
            ?                                             | query part '' (expected: key=value)
            orders?                                       | query part '' (expected: key=value)
            orders?a                                      | query part 'a' (expected: key=value)
            orders?=a                                     | query part '=a' (expected: key=value)
            orders?a=1&                                   | query part '' (expected: key=value)
            orders?a=1&&b=2                               | query part '' (expected: key=value)
            orders?a=1&a=1                                | query key 'a' is given twice
            orders?policy=rr&Policy=lc                    | query key 'policy' is given twice
            orders?a=1&%61=2                              | query key 'a' is given twice
            orders?a=%                                    | '%' has a '%' without two hexadecimal digits behind it
            orders?a=%4                                   | '%4' has a '%' without two hexadecimal digits behind it
            orders?a=%4g                                  | '%4g' has a '%' without two hexadecimal digits behind it
            orders?a=%+1                                  | '%+1' has a '%' without two hexadecimal digits behind it
            orders?a=%ff                                  | '%ff' is not UTF-8 once decoded
            orders?a=%C0%AF                               | '%C0%AF' is not UTF-8 once decoded
            orders?a=%ED%A0%80                            | '%ED%A0%80' is not UTF-8 once decoded
            """)
    void a_query_that_says_nothing_or_two_things(String text, String wrong) {
        assertThat(Refusal.of(text)).isEqualTo(wrong);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            ://orders                | scheme '' (expected: a letter, then letters, digits, '+', '-' or '.')
            8k://x/y                 | scheme '8k' (expected: a letter, then letters, digits, '+', '-' or '.')
            a b:///c                 | scheme 'a b' (expected: a letter, then letters, digits, '+', '-' or '.')
            a/b://c                  | scheme 'a/b' (expected: a letter, then letters, digits, '+', '-' or '.')
            orders:80://x            | scheme 'orders:80' (expected: a letter, then letters, digits, '+', '-' or '.')
            static://                | 'static://' has no third '/' (did you mean 'static:///'?)
            static:///               | path '' of scheme 'static' (expected: not empty and without '?', behind which the query begins)
            static://10.0.0.7:80     | 'static://10.0.0.7:80' has no third '/' (did you mean 'static:///10.0.0.7:80'?)
            dns://8.8.8.8/db         | '8.8.8.8' stands between 'dns://' and the path (expected: nothing, as in 'dns:///db')
            """)
    void a_scheme_that_is_none_or_has_no_path(String text, String wrong) {
        assertThat(Refusal.of(text)).isEqualTo(wrong);
    }

    @Test
    void a_label_has_63_characters_at_most_N1_N9() {
        String longest = "a".repeat(63);
        String tooLong = "b".repeat(64);

        assertThat(Target.parse(longest + "." + longest + ":" + longest))
                .hasToString("k8s:///" + longest + "." + longest + ":" + longest);
        String wrong = "label '" + tooLong + "' has 64 characters (expected: at most 63)";
        assertThat(Refusal.of(tooLong)).isEqualTo(wrong);
        assertThat(Refusal.of("orders." + tooLong)).isEqualTo(wrong);
        assertThat(Refusal.of("orders:" + tooLong)).isEqualTo(wrong);
        assertThat(Refusal.of("k8s://" + tooLong + "/orders")).isEqualTo(wrong);
        assertThat(Refusal.of("a.b.svc." + tooLong)).isEqualTo(wrong);
        assertThat(Refusal.of("_" + tooLong + "._tcp.orders")).isEqualTo(wrong);
        assertThat(Refusal.of("?pods=app&port=" + tooLong)).isEqualTo(wrong);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u212A8s:///orders", "or\u212Aers", "a:http\u212A", "k8s://\u212A/orders", "?pods=a&port=\u212A"
            })
    void a_kelvin_sign_is_no_k_although_the_JDK_says_so(String text) {
        assertThat(Refusal.of(text)).contains("\u212A");
    }

    @Test
    void a_long_s_is_no_s_in_a_protocol_although_the_JDK_says_so() {
        assertThat(Refusal.of("orders?protocol=\u017Fctp"))
                .isEqualTo("protocol '\u017Fctp' (expected: tcp, udp or sctp)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders\u0000",
                "orders\n",
                "static:///a\rb",
                "static:///\uD800",
                "orders?a=\uDC00",
                "orders?\uD800=a",
                "?pods=app\uD800x",
                "\uDC00\uD800",
                "orders?a=\u0085"
            })
    void control_characters_and_halves_of_surrogate_pairs_are_refused_wherever_they_stand(String text) {
        assertThat(Refusal.of(text))
                .startsWith("'" + text + "' contains U+")
                .endsWith(" (expected: neither control characters nor halves of surrogate pairs)");
    }

    @Test
    void what_is_encoded_in_the_query_is_checked_once_decoded() {
        String expected = " (expected: neither control characters nor halves of surrogate pairs)";

        assertThat(Refusal.of("orders?a=x%00")).isEqualTo("'x\0' contains U+0000" + expected);
        assertThat(Refusal.of("orders?a%0Ab=x")).isEqualTo("'a\nb' contains U+000A" + expected);
        assertThat(Refusal.of("?pods=a%0db")).isEqualTo("'a\rb' contains U+000D" + expected);
        assertThat(Refusal.of("?pods=%C2%A0"))
                .as("a no-break space is no blank to the JDK, and selects nothing")
                .startsWith("pods '\u00a0' (expected: a label selector;");
    }

    @Test
    void a_very_long_text_is_refused_like_a_short_one() {
        int length = 1_000_000;

        assertThat(Refusal.of("a".repeat(length))).contains("has " + length + " characters");
        assertThat(Refusal.of("a.".repeat(length / 2) + "b")).contains("more than two labels");
        assertThat(Refusal.of("orders:" + "0".repeat(length))).endsWith("(expected: 1..65535)");
        assertThat(Refusal.of("orders:" + "9".repeat(length))).endsWith("(expected: 1..65535)");
        assertThat(Refusal.of("orders?" + "a=b&".repeat(length / 4))).isEqualTo("query key 'a' is given twice");
    }
}
