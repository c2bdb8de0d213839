package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.balancer.config.BalancerConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Settings that environment variables say, which know neither dots nor dashes nor small letters. */
class EnvironmentVariablesTest {
    private static final String SOURCE = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

    private final StandardEnvironment environment = new StandardEnvironment();

    private ServiceProperties reading(Map<String, Object> variables) {
        environment.getPropertySources().replace(SOURCE, new SystemEnvironmentPropertySource(SOURCE, variables));
        return ServiceProperties.read(environment);
    }

    private static ServiceProperties.Service of(ServiceProperties read, String name) {
        return Objects.requireNonNull(read.services().get(name), name);
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static Set<String> keys() {
        return BalancerConfig.keys();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void every_key_can_be_said_in_both_spellings(String key) {
        for (String each : List.of(variable(key), variable(key.replace("-", "")))) {
            assertThat(reading(Map.of("INMESH_DEFAULTS_" + each, "1")).defaults())
                    .containsExactly(Map.entry(key, "1"));
            ServiceProperties services = reading(Map.of("INMESH_SERVICES_ORDERS_SHOP_" + each, "1"));
            assertThat(services.services()).containsOnlyKeys("orders.shop");
            assertThat(of(services, "orders.shop").settings()).containsExactly(Map.entry(key, "1"));
        }
    }

    @Test
    void what_else_is_said_of_a_service_can_be_said_there_too() {
        ServiceProperties.Service orders = of(
                reading(Map.of(
                        "INMESH_SERVICES_ORDERS_PORT", "8080",
                        "INMESH_SERVICES_ORDERS_TARGET", "orders.shop",
                        "INMESH_SERVICES_ORDERS_ENDPOINTS_0", "127.0.0.1:1")),
                "orders");
        assertThat(orders.port()).isEqualTo("8080");
        assertThat(orders.target()).isEqualTo("orders.shop");
        assertThat(orders.endpoints()).isEqualTo("127.0.0.1:1");
    }

    @Test
    void a_variable_counts_more_than_the_file_however_it_is_spelled() {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "file",
                        Map.of(
                                "inmesh.defaults.eject.max-percent", "10",
                                "inmesh.services.orders.shop.eject.max-percent", "20")));
        ServiceProperties read = reading(Map.of(
                "INMESH_DEFAULTS_EJECT_MAX_PERCENT", "30", "INMESH_SERVICES_ORDERS_SHOP_EJECT_MAX_PERCENT", "40"));
        assertThat(read.defaults()).containsExactly(Map.entry("eject.max-percent", "30"));
        assertThat(of(read, "orders.shop").settings()).containsExactly(Map.entry("eject.max-percent", "40"));
    }

    @Test
    void a_wrong_value_is_refused_with_the_variable_it_came_from() {
        Contexts.all()
                .withInitializer(initialized -> initialized
                        .getEnvironment()
                        .getPropertySources()
                        .replace(
                                SOURCE,
                                new SystemEnvironmentPropertySource(
                                        SOURCE, Map.of("INMESH_DEFAULTS_EJECT_MAX_PERCENT", "many"))))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidPropertyException.class, refused -> {
                            assertThat(refused.property()).isEqualTo("inmesh.defaults.eject.max-percent");
                            assertThat(String.valueOf(refused.origin())).contains("INMESH_DEFAULTS_EJECT_MAX_PERCENT");
                        }));
    }

    @Test
    void an_unknown_key_is_refused_there_too() {
        assertThatThrownBy(() -> reading(Map.of("INMESH_DEFAULTS_EJECT_MAXI_PERCENT", "1")))
                .isInstanceOfSatisfying(InvalidPropertyException.class, refused -> assertThat(refused.reason())
                        .contains("did you mean 'eject.max-percent'?"));
    }
}
