package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServicePatternsTest {

    /** The patterns that match a name, in the order in which they count. */
    private static List<String> matching(String name, String... patterns) {
        Map<String, Settings> services = new TreeMap<>();
        for (String pattern : patterns) {
            services.put(pattern, new Settings(Map.of("source-hash.source", pattern)));
        }
        return ServicePatterns.matching(services, List.of(name)).stream()
                .map(settings -> settings.values().get("source-hash.source"))
                .toList();
    }

    @Test
    void a_star_stands_for_any_characters_of_one_part() {
        assertThat(matching(
                        "orders.shop",
                        "*.shop",
                        "*",
                        "*.*",
                        "*.*:*",
                        "ord*",
                        "ord*.shop",
                        "o*r*s.s*p",
                        "*orders.shop*"))
                .containsExactlyInAnyOrder("*.shop", "*.*", "ord*.shop", "o*r*s.s*p", "*orders.shop*");
        assertThat(matching("orders", "*", "*.shop", "orders*", "x*")).containsExactlyInAnyOrder("*", "orders*");
        assertThat(matching("orders.shop:http", "*.shop:*", "*.shop", "*.shop:grpc*"))
                .containsExactly("*.shop:*");
    }

    @Test
    void the_one_with_the_most_letters_comes_first_and_names_are_no_patterns() {
        assertThat(matching("orders-v1.shop", "*.shop", "orders-*.shop", "*.*", "orders-v1.shop"))
                .containsExactly("orders-*.shop", "*.shop", "*.*");
    }
}
