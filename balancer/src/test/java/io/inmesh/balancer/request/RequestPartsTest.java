package io.inmesh.balancer.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.KeyConfig;
import io.inmesh.balancer.config.RequestPart;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPartsTest {

    /** A request of these headers to {@code GET /orders}. */
    private record Request(Map<String, List<String>> all) implements RequestHead {
        @Override
        public List<String> headers(String name) {
            return all.getOrDefault(name, List.of());
        }

        @Override
        public String path() {
            return "/orders";
        }

        @Override
        public String method() {
            return "GET";
        }
    }

    private static KeyConfig from(String text) {
        return BalancerConfig.of(Map.of("key.from", text)).key();
    }

    @Test
    void the_first_key_that_the_request_has_is_taken() {
        KeyConfig config = from("header:x-user, cookie:sid, path");

        assertThat(RequestParts.keyOf(
                        config, new Request(Map.of("x-user", List.of("ann"), "cookie", List.of("sid=7")))))
                .isEqualTo("ann");
        assertThat(RequestParts.keyOf(config, new Request(Map.of("cookie", List.of("sid=7")))))
                .isEqualTo("7");
        assertThat(RequestParts.keyOf(config, new Request(Map.of()))).isEqualTo("/orders");
        assertThat(RequestParts.keyOf(from("method"), new Request(Map.of()))).isEqualTo("GET");
        assertThat(RequestParts.keyOf(KeyConfig.DEFAULT, new Request(Map.of()))).isNull();
    }

    @Test
    void parts_make_one_key_which_no_other_parts_make() {
        KeyConfig config = from("header:a+header:b");

        String key = RequestParts.keyOf(config, new Request(Map.of("a", List.of("x"), "b", List.of("yz"))));
        assertThat(key).isNotNull();
        assertThat(RequestParts.keyOf(config, new Request(Map.of("a", List.of("xy"), "b", List.of("z")))))
                .isNotEqualTo(key);
        String one = RequestParts.keyOf(config, new Request(Map.of("a", List.of("x"))));
        assertThat(one).isNotNull().isNotEqualTo(RequestParts.keyOf(config, new Request(Map.of("b", List.of("x")))));
        assertThat(RequestParts.keyOf(config, new Request(Map.of()))).isNull();
    }

    @Test
    void a_header_that_comes_twice_counts_as_one_and_an_empty_one_not_at_all() {
        KeyConfig config = from("header:a, method");

        assertThat(RequestParts.keyOf(config, new Request(Map.of("a", List.of("x", "y")))))
                .isEqualTo("x,y");
        assertThat(RequestParts.keyOf(config, new Request(Map.of("a", List.of("")))))
                .isEqualTo("GET");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sid=7               | 7",
                "a=1; sid=7; b=2     | 7",
                "a=1;sid=7           | 7",
                "xsid=1; sid=7       | 7",
                "sid=7; sid=8        | 7",
                "a; sid=7            | 7",
                "sid=\"7\"           | 7",
                "sid=a=b             | a=b",
                "SID=7               | ",
                "sid=                | ",
                "asid                | ",
            })
    void cookies_are_found_among_others(String header, String expected) {
        RequestPart sid = new RequestPart(RequestPart.Kind.COOKIE, "sid");

        assertThat(RequestParts.valueOf(sid, new Request(Map.of("cookie", List.of("x=y", header)))))
                .isEqualTo(expected);
    }
}
