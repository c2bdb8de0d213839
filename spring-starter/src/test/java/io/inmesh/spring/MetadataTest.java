package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.engine.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** What an IDE needs to complete {@code inmesh.*}. */
class MetadataTest {
    private static final String DEFAULTS = "inmesh.defaults.";

    private static JsonNode metadata() throws IOException {
        try (InputStream in = MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static Map<String, JsonNode> byName(JsonNode items) {
        Map<String, JsonNode> byName = new TreeMap<>();
        items.forEach(item -> byName.put(item.get("name").asText(), item));
        return byName;
    }

    private static JsonNode named(JsonNode items, String name) {
        return Objects.requireNonNull(byName(items).get(name), name);
    }

    @Test
    void every_property_has_a_type_and_a_description() throws IOException {
        Map<String, JsonNode> properties = byName(metadata().get("properties"));
        assertThat(properties.keySet())
                .contains(
                        "inmesh.enabled",
                        "inmesh.startup-wait",
                        "inmesh.services",
                        "inmesh.kubernetes.network",
                        "inmesh.warm.targets",
                        "inmesh.metrics.latency",
                        "inmesh.health.required",
                        "inmesh.http.exclude-groups",
                        "management.health.inmesh.enabled",
                        "management.info.inmesh.enabled",
                        "management.endpoint.inmesh.access")
                .contains("inmesh.cloud.enabled", "inmesh.cloud.https", "inmesh.self.service");
        assertThat(properties.values()).allSatisfy(property -> {
            assertThat(property.get("description").asText()).isNotBlank().endsWith(".");
            assertThat(property.get("type").asText()).isNotBlank();
        });
        assertThat(named(metadata().get("properties"), "inmesh.startup-wait")
                        .get("defaultValue")
                        .asText())
                .isEqualTo("10s");
        assertThat(named(metadata().get("properties"), "inmesh.enabled")
                        .get("defaultValue")
                        .asBoolean())
                .isTrue();
        assertThat(named(metadata().get("properties"), "inmesh.defaults.policy")
                        .get("defaultValue")
                        .asText())
                .isEqualTo(BalancerConfig.DEFAULT_POLICY);
    }

    @Test
    void every_key_is_offered_for_all_services_and_below_each_name() throws IOException {
        Set<String> keys = new TreeSet<>(BalancerConfig.keys());
        Set<String> offered = new TreeSet<>();
        for (String name : byName(metadata().get("properties")).keySet()) {
            if (name.startsWith(DEFAULTS)) {
                offered.add(name.substring(DEFAULTS.length()));
            }
        }
        assertThat(offered).isEqualTo(keys);
        keys.addAll(List.of(ServiceProperties.PORT, ServiceProperties.ENDPOINTS, ServiceProperties.TARGET));
        assertThat(keysOf("", ServiceShape.class)).isEqualTo(keys);
    }

    private static Set<String> keysOf(String prefix, Class<?> shape) {
        Set<String> keys = new TreeSet<>();
        for (RecordComponent component : shape.getRecordComponents()) {
            String key = prefix + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                keys.addAll(keysOf(key + ".", component.getType()));
            } else {
                keys.add(key);
            }
        }
        return keys;
    }

    @Test
    void defaults_are_what_holds_where_nothing_is_said() throws IOException {
        Policies policies = Policies.load();
        for (JsonNode property : byName(metadata().get("properties")).values()) {
            String name = property.get("name").asText();
            if (name.startsWith(DEFAULTS) && property.has("defaultValue")) {
                String key = name.substring(DEFAULTS.length());
                Map<String, String> said =
                        Map.of(key, property.get("defaultValue").asText());
                policies.check(said);
                boolean ofPolicy = key.indexOf('.') > 0 && !BalancerConfig.isRoom(key.substring(0, key.indexOf('.')));
                if (!ofPolicy && !key.equals(BalancerConfig.NODE_LOCAL_POLICY)) {
                    assertThat(BalancerConfig.of(said)).as(key).isEqualTo(BalancerConfig.of(Map.of()));
                }
            }
        }
    }

    @Test
    void hinted_values_are_the_ones_that_are_understood() throws IOException {
        Policies policies = Policies.load();
        int seen = 0;
        for (JsonNode hint : byName(metadata().get("hints")).values()) {
            String name = hint.get("name").asText();
            if (!name.startsWith(DEFAULTS)) {
                continue;
            }
            String key = name.substring(DEFAULTS.length());
            Set<String> values = new TreeSet<>();
            hint.get("values").forEach(value -> values.add(value.get("value").asText()));
            values.forEach(value -> policies.check(Map.of(key, value)));
            if (!hint.has("providers")) {
                seen++;
                assertThatThrownBy(() -> policies.check(Map.of(key, "nonsense")))
                        .satisfies(refusal -> assertThat(oneOf(String.valueOf(refusal.getMessage())))
                                .as(key)
                                .isEqualTo(values));
            }
        }
        assertThat(seen).isGreaterThan(10);
    }

    private static Set<String> oneOf(String refusal) {
        Matcher list = Pattern.compile("\\(expected: one of (.*)\\)").matcher(refusal);
        assertThat(list.find()).as(refusal).isTrue();
        return new TreeSet<>(List.of(list.group(1).split(", ")));
    }

    @Test
    void hinted_policies_exist_and_every_policy_is_hinted() throws IOException {
        Policies policies = Policies.load();
        JsonNode hint = named(metadata().get("hints"), "inmesh.defaults.policy");
        assertThat(hint.get("values")).isNotEmpty();
        hint.get("values").forEach(value -> {
            if (value.get("value").asText().equals(BalancerConfig.NODE_LOCAL)) {
                return; // A policy that is a stage.
            }
            PickerFactory policy = policies.named(value.get("value").asText());
            assertThat(policy.name()).isEqualTo(value.get("value").asText());
            policy.aliases()
                    .forEach(alias ->
                            assertThat(value.get("description").asText()).contains(alias));
        });
    }
}
