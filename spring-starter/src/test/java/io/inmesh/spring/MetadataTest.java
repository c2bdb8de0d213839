package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.engine.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an IDE needs to complete {@code inmesh.*}. */
class MetadataTest {

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
                        "management.health.inmesh.enabled",
                        "management.info.inmesh.enabled",
                        "management.endpoint.inmesh.access")
                .containsAll(BalancerConfig.keys().stream()
                        .filter(key -> key.indexOf('.') < 0)
                        .map(key -> "inmesh.defaults." + key)
                        .toList());
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
    void a_services_keys_are_offered_with_its_name() {
        assertThat(InmeshProperties.Service.class.getRecordComponents())
                .extracting(component -> component.getName())
                .containsAll(BalancerConfig.keys().stream()
                        .filter(key -> key.indexOf('.') < 0)
                        .toList())
                .contains(ServiceProperties.PORT);
    }

    @Test
    void hinted_policies_exist_and_every_policy_is_hinted() throws IOException {
        Policies policies = Policies.load();
        JsonNode hint = named(metadata().get("hints"), "inmesh.defaults.policy");
        assertThat(hint.get("values")).isNotEmpty();
        hint.get("values").forEach(value -> {
            PickerFactory policy = policies.named(value.get("value").asText());
            assertThat(policy.name()).isEqualTo(value.get("value").asText());
            policy.aliases()
                    .forEach(alias ->
                            assertThat(value.get("description").asText()).contains(alias));
        });
    }
}
