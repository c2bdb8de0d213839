package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.balancer.config.BalancerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Lists of the properties: whole lists from the source that counts most, as Spring Boot binds them. */
class ListPropertiesTest {
    private static final String BASE = """
            inmesh:
              services:
                orders.shop:
                  endpoints:
                    - a:1
                    - b:2
                    - c:3
            """;

    private final StandardEnvironment environment = new StandardEnvironment();

    private static PropertySource<?> yaml(String name, String text) {
        try {
            return new YamlPropertySourceLoader()
                    .load(name, new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                    .get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String endpoints(String name) {
        return Objects.requireNonNull(Objects.requireNonNull(
                        ServiceProperties.read(environment).services().get(name), name)
                .endpoints());
    }

    /** What a list of a file is replaced by, in every spelling of the name, as a list and as a text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "inmesh.services.orders.shop.endpoints[0]",
                "inmesh.services[orders.shop].endpoints[0]",
                "inmesh.services.orders.shop.endpoints",
                "inmesh.services[orders.shop].endpoints",
                "INMESH_SERVICES_ORDERS_SHOP_ENDPOINTS",
                "INMESH_SERVICES_ORDERS_SHOP_ENDPOINTS_0"
            })
    void a_list_of_a_source_that_counts_more_replaces_the_whole_list(String name) {
        String variables = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        if (name.startsWith("INMESH")) {
            environment
                    .getPropertySources()
                    .replace(variables, new SystemEnvironmentPropertySource(variables, Map.of(name, "x:1")));
        } else {
            environment.getPropertySources().addFirst(new MapPropertySource("said", Map.of(name, "x:1")));
        }
        for (String base : new String[] {BASE, BASE.replace("orders.shop", "'[orders.shop]'")}) {
            environment.getPropertySources().remove("base");
            environment.getPropertySources().addLast(yaml("base", base));
            assertThat(endpoints("orders.shop")).as(base).isEqualTo("x:1");
        }
    }

    @Test
    void a_list_replaces_a_text_too_and_variables_find_names_with_dashes() {
        environment
                .getPropertySources()
                .addFirst(
                        yaml(
                                "base",
                                "inmesh.services.order-service.endpoints: [a:1, b:2]\ninmesh.services.stock.endpoints: a:1,b:2"));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "said",
                        Map.of(
                                "inmesh.services.stock.endpoints[0]",
                                "x:1",
                                "inmesh.services.stock.endpoints[1]",
                                "y:2")));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "systemEnvironment",
                        Map.of(
                                "INMESH_SERVICES_ORDERSERVICE_ENDPOINTS_0",
                                "x:1",
                                "INMESH_SERVICES_ORDERSERVICE_ENDPOINTS_1",
                                "y:2")));
        assertThat(endpoints("stock")).isEqualTo("x:1,y:2");
        assertThat(endpoints("order-service")).isEqualTo("x:1,y:2");
    }

    @Test
    void a_developers_own_profile_replaces_what_the_application_says(@TempDir Path config) throws IOException {
        Files.writeString(config.resolve("application.yaml"), BASE);
        Files.writeString(
                config.resolve("application-local.yaml"), "inmesh.services.orders.shop.endpoints:\n  - x:1\n");
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "where", Map.of("spring.config.location", config.toUri().toString())));
        environment.setActiveProfiles("local");
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        assertThat(endpoints("orders.shop")).isEqualTo("x:1");
    }

    @Test
    void items_keep_their_order_and_may_be_more_than_ten() {
        StringBuilder items = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            items.append("    - h").append(i).append(":1\n");
            text.append(i == 0 ? "" : ",").append("h").append(i).append(":1");
        }
        environment.getPropertySources().addFirst(yaml("list", "inmesh.services.orders:\n  endpoints:\n" + items));
        assertThat(endpoints("orders")).isEqualTo(text.toString());
    }

    @Test
    void a_group_of_comments_only_says_nothing_and_a_text_is_refused() {
        environment
                .getPropertySources()
                .addFirst(yaml("empty", "inmesh:\n  defaults:\n  #  policy: rr\n  services:\n"));
        assertThat(ServiceProperties.read(environment)).isEqualTo(new ServiceProperties(Map.of(), Map.of()));
        environment.getPropertySources().addFirst(yaml("text", "inmesh.services: orders"));
        assertThatThrownBy(() -> ServiceProperties.read(environment))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining("'inmesh.services' says nothing by itself");
    }

    @Test
    void a_list_with_a_gap_is_refused() {
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("gap", Map.of("inmesh.services.orders.endpoints[1]", "x:1")));
        assertThatThrownBy(() -> ServiceProperties.read(environment))
                .isInstanceOf(BindException.class)
                .hasStackTraceContaining("[inmesh.services.orders.endpoints[1]] were left unbound");
    }

    static Set<String> lists() throws IOException {
        Set<String> lists = new TreeSet<>();
        try (InputStream in = ListPropertiesTest.class.getResourceAsStream(
                "/META-INF/additional-spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(in).get("properties")) {
                String name = property.get("name").asText();
                if (name.startsWith("inmesh.defaults.")
                        && property.get("type").asText().startsWith("java.util.List")) {
                    lists.add(name.substring("inmesh.defaults.".length()));
                }
            }
        }
        return lists;
    }

    @ParameterizedTest
    @MethodSource("lists")
    void every_key_that_the_metadata_calls_a_list_is_read_as_a_list_and_as_a_text(String key) {
        for (String value : new String[] {"[one, two]", "'one, two'", "'one,two'", "\n  - one\n  - two"}) {
            environment.getPropertySources().remove("lists");
            environment
                    .getPropertySources()
                    .addFirst(yaml(
                            "lists",
                            "inmesh.defaults.%s: %s\ninmesh.services.orders.%s: %s".formatted(key, value, key, value)));
            ServiceProperties read = ServiceProperties.read(environment);
            assertThat(read.defaults()).as(value).containsExactly(Map.entry(key, "one,two"));
            assertThat(Objects.requireNonNull(read.services().get("orders")).settings())
                    .as(value)
                    .containsExactly(Map.entry(key, "one,two"));
        }
    }

    @Test
    void nothing_else_is_a_list() throws IOException {
        Set<String> lists = lists();
        assertThat(lists).hasSizeGreaterThan(2);
        lists.add(ServiceProperties.ENDPOINTS);
        assertThat(ServiceProperties.LISTS).isEqualTo(lists);
        assertThat(BalancerConfig.keys()).containsAll(lists());
        environment.getPropertySources().addFirst(yaml("policies", "inmesh.services.orders.policy: [rr, random]"));
        assertThatThrownBy(() -> ServiceProperties.read(environment))
                .isInstanceOfSatisfying(InvalidPropertyException.class, refused -> assertThat(refused.property())
                        .isEqualTo("inmesh.services.orders.policy[0]"));
    }

    @Test
    void a_wrong_item_is_refused_with_the_place_where_the_list_is_written() {
        Contexts.all()
                .withInitializer(initialized -> initialized
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(yaml("base", "inmesh.services.orders.endpoints:\n  - localhost\n")))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidPropertyException.class, refused -> assertThat(String.valueOf(refused.origin()))
                                        .contains("2:5")));
    }
}
