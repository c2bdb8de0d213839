package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that name parts of requests, and the one that asks for reports without calls. */
class RequestPartsConfigTest {

    private static BalancerConfig of(String key, String value) {
        return BalancerConfig.of(Map.of(key, value));
    }

    @Test
    void keys_are_alternatives_between_commas_and_parts_between_plus_signs() {
        KeyConfig key = of("key.from", " Header:X-Tenant + header:x_user , cookie:Sid,path, METHOD")
                .key();

        assertThat(key.from()).hasToString("[[header:x-tenant, header:x_user], [cookie:Sid], [path], [method]]");
        assertThat(BalancerConfig.of(Map.of()).key().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("5.8: the key of dh is where a request goes, unless something is said")
    void under_dh_the_path_is_the_key_where_nothing_is_said() {
        assertThat(of("policy", "DH").key().from()).hasToString("[[path]]");
        assertThat(BalancerConfig.of(Map.of("policy", "node-local", "node-local.policy", "dh"))
                        .key()
                        .from())
                .hasToString("[[path]]");
        assertThat(BalancerConfig.of(Map.of("policy", "dh", "key.from", "cookie:sid"))
                        .key()
                        .from())
                .hasToString("[[cookie:sid]]");
        for (String other : List.of("source-hash", "destination-hash", "node-local", "power-of-two")) {
            assertThat(of("policy", other).key().isEmpty()).as(other).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user             | key.from: 'user': 'user' (expected: header:NAME, cookie:NAME, path, method)",
                "header           | 'header' (expected: header:NAME",
                "path:x           | 'path:x' (expected: header:NAME",
                "header:          | name of a header: '' (expected: letters, digits, '-', '_' and '.')",
                "cookie:a b       | name of a cookie: 'a b' (expected: letters",
                "header:x-id-bin  | header 'x-id-bin' (expected: one of text; names in -bin are gRPC's bytes)",
                "header:a+        | '' (expected: header:NAME",
                "path,,method     | key.from: 'path,,method' (expected: texts between commas, none of them blank)",
            })
    void what_names_no_part_is_refused_with_those_that_there_are(String value, String text) {
        assertThatThrownBy(() -> of("key.from", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key.from")
                .hasMessageContaining(text);
    }

    @Test
    void a_token_is_in_a_header_or_a_cookie() {
        assertThat(of("affinity.token", "cookie:sid").affinity().token()).hasToString("cookie:sid");
        assertThat(of("affinity.mode", "strong").affinity().token()).isNull();
        assertThatThrownBy(() -> of("affinity.token", "path"))
                .hasMessage("affinity.token: 'path': 'path' (expected: header:NAME, cookie:NAME)");
    }

    @Test
    void reports_without_calls_are_off_by_default_and_come_every_ten_seconds_when_on() {
        assertThat(BalancerConfig.of(Map.of()).weight().oobPeriod()).isZero();
        assertThat(of("weight.oob-period", "on").weight().oobPeriod()).isEqualTo(Duration.ofSeconds(10));
        assertThat(of("weight.oob-period", "30s").weight().oobPeriod()).isEqualTo(Duration.ofSeconds(30));
        assertThat(of("weight.oob-period", "off").weight().oobPeriod()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"50ms", "3m", "1h", "sometimes"})
    void reports_that_come_too_often_or_too_late_to_count_are_refused(String period) {
        assertThatThrownBy(() -> of("weight.oob-period", period)).hasMessageContaining("weight.oob-period");
    }
}
