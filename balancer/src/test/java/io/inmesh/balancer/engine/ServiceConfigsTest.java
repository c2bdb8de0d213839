package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.PickerFactory;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.SettingLevel;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.testing.HeardLog;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceConfigsTest {
    private static final ServiceFacts FACTS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    private static Settings policy(String name) {
        return new Settings(Map.of("policy", name));
    }

    private static Engine engine(Map<String, Settings> services, Settings defaults) {
        FakeClock clock = new FakeClock();
        return Assembling.engine(clock, () -> 0, services, defaults);
    }

    private static PickerFactory policyOf(ServiceConfigs configs, LayeredConfig config) {
        return configs.balancing(config).policy();
    }

    private static ServiceFacts annotated(String... keysAndValues) {
        Map<String, String> annotations = keysAndValues.length == 2
                ? Map.of(keysAndValues[0], keysAndValues[1])
                : Map.of(keysAndValues[0], keysAndValues[1], keysAndValues[2], keysAndValues[3]);
        return FACTS.withAnnotations(annotations);
    }

    @Test
    void each_level_outranks_those_below_it() {
        Engine nothing = engine(Map.of(), Settings.NONE);
        Engine defaults = engine(Map.of(), policy("random"));
        Engine application = engine(Map.of("orders.shop", policy("lowest")), policy("random"));
        Target target = Target.parse("orders.shop:http");

        assertConfig(nothing, target, Settings.NONE, FACTS, "power-of-two", SettingLevel.BUILT_IN);
        assertConfig(defaults, target, Settings.NONE, FACTS, "random", SettingLevel.APPLICATION_DEFAULT);
        ServiceFacts annotated = annotated("policy", "rr");
        assertConfig(defaults, target, Settings.NONE, annotated, "rr", SettingLevel.ANNOTATION);
        assertConfig(application, target, Settings.NONE, annotated, "lowest", SettingLevel.APPLICATION);
        assertConfig(application, target, policy("twos"), annotated, "twos", SettingLevel.CODE);
    }

    private static void assertConfig(
            Engine engine, Target target, Settings code, ServiceFacts facts, String policy, SettingLevel level) {
        LayeredConfig config = engine.configsFor(target, code).current(facts);
        assertThat(config.config().policy()).isEqualTo(policy);
        assertThat(config.policySource()).isEqualTo(level);
    }

    @Test
    void a_targets_query_outranks_settings_beside_it() {
        Target target = Target.parse("orders.shop:http?policy=random");
        assertThat(ServiceConfigs.ofTarget(target, Map.of("policy", "rr"))).isEqualTo(policy("random"));
        assertThat(ServiceConfigs.ofTarget(target.withoutParameters(), Map.of("policy", "rr")))
                .isEqualTo(policy("rr"));
    }

    @Test
    void the_policy_of_a_configuration_is_found_by_its_alias() {
        ServiceConfigs configs =
                engine(Map.of(), Settings.NONE).configsFor(Target.parse("orders.shop"), policy("Random"));
        assertThat(policyOf(configs, configs.current(FACTS))).isInstanceOf(RandomChoice.class);
    }

    @Test
    void a_policys_settings_are_heard_key_by_key_from_every_level() {
        Engine engine = engine(
                Map.of("orders", new Settings(Map.of("power_of_two.choices", "3"))),
                new Settings(Map.of("policy", "p2c", "power-of-two.choices", "5", "ring-hash.sizing", "xds")));
        ServiceConfigs configs = engine.configsFor(Target.parse("orders.shop"), Settings.NONE);
        assertThat(policyOf(configs, configs.current(FACTS))).hasToString("power-of-two[choices 3]");
        assertThat(policyOf(configs, configs.current(annotated("policy", "ring-hash", "ring-hash.max-size", "2048"))))
                .hasToString("ring-hash[xds, 1024 to 2048, load-factor 0.0]");
        assertThat(configs.current(FACTS).sources()).containsEntry("power-of-two.choices", SettingLevel.APPLICATION);
        assertThatThrownBy(() -> engine(Map.of(), new Settings(Map.of("power-of-two.choices", "one"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("settings for all services: power-of-two.choices: 'one' (expected: ");
    }

    @Test
    void unknown_names_fail_at_once_and_say_where_they_stand() {
        assertThatThrownBy(() -> engine(Map.of(), policy("randm")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("settings for all services: policy 'randm' is unknown, did you mean 'random'?");
        assertThatThrownBy(() -> engine(Map.of("orders", policy("xyzzy")), Settings.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("settings for service orders: policy 'xyzzy' is unknown (valid: ");
        Engine engine = engine(Map.of(), Settings.NONE);
        assertThatThrownBy(() -> engine.configsFor(Target.parse("orders.shop"), policy("carousel")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target k8s:///orders.shop: policy 'carousel' is unknown");
        assertThatThrownBy(() -> ServiceConfigs.ofTarget(Target.parse("orders.shop?polcy=rr"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target k8s:///orders.shop?polcy=rr: setting 'polcy' is unknown");
    }

    @Test
    void a_bad_set_of_annotations_is_ignored_as_a_whole_and_the_last_good_one_stays() {
        ServiceConfigs configs = engine(Map.of(), Settings.NONE).configsFor(Target.parse("orders.shop"), Settings.NONE);
        try (HeardLog log = new HeardLog()) {
            assertThat(configs.current(annotated("policy", "rr")).config().policy())
                    .isEqualTo("rr");

            // One good key, one unknown: neither counts.
            ServiceFacts bad = annotated("policy", "random", "color", "blue");
            assertThat(configs.current(bad).config().policy()).isEqualTo("rr");
            assertThat(configs.current(bad).config().policy()).isEqualTo("rr");
            assertThat(configs.current(bad).policySource()).isEqualTo(SettingLevel.ANNOTATION);
            assertThat(log.lines("WARN"))
                    .as("one warning for one bad set")
                    .singleElement()
                    .asString()
                    .contains("orders in namespace shop, port http")
                    .contains("ignored as a whole")
                    .contains("{policy=rr} stays")
                    .contains("setting 'color' is unknown");

            assertThat(configs.ignored())
                    .singleElement()
                    .asString()
                    .startsWith("the annotations inmesh.io/... of the Service, as a whole: ")
                    .contains("setting 'color' is unknown");

            // Another bad one is another warning.
            assertThat(configs.current(annotated("policy", "rond-robin"))
                            .config()
                            .policy())
                    .isEqualTo("rr");
            assertThat(log.lines("WARN")).hasSize(2);
            assertThat(log.lines("did you mean 'round-robin'")).hasSize(1);

            // And it recovers, silently.
            assertThat(configs.current(annotated("policy", "random")).config().policy())
                    .isEqualTo("random");
            assertThat(configs.ignored()).isEmpty();
            assertThat(log.lines("WARN")).hasSize(2);

            // The same bad one again, after it was good, is news.
            assertThat(configs.current(annotated("policy", "rond-robin"))
                            .config()
                            .policy())
                    .isEqualTo("random");
            assertThat(log.lines("WARN")).hasSize(3);
        }
    }

    @Test
    void annotations_that_are_taken_away_give_the_word_to_the_level_below() {
        ServiceConfigs configs =
                engine(Map.of(), policy("random")).configsFor(Target.parse("orders.shop"), Settings.NONE);
        configs.current(annotated("policy", "rr"));
        assertThat(configs.current(FACTS).config().policy()).isEqualTo("random");
        assertThat(configs.current(null).config().policy()).isEqualTo("random");
    }

    @ParameterizedTest
    @CsvSource({
        // typed target, name the application configured
        "orders, orders",
        "orders.shop, orders",
        "orders.shop, orders.shop",
        "orders, orders.shop",
        "orders:http, orders.shop:http",
        "orders:8080, orders.shop:http",
        "orders.shop:8080, orders.shop:8080",
        "orders.shop:8080, orders.shop",
        "orders.shop:8080, k8s:///orders.shop:8080",
        "orders.shop.svc.cluster.local:http, orders.shop",
        "orders.shop.svc.cluster.local:http, orders.shop:http",
        "orders.shop.svc.cluster.local:http, orders",
        "k8s://shop/orders, orders.shop",
        "orders.shop:http?policy=rr, orders.shop",
        "_http._tcp.orders.shop.svc, orders.shop:http"
    })
    void the_application_may_name_a_service_in_any_of_these_ways(String typed, String configured) {
        Engine engine = engine(Map.of(configured, policy("lowest")), Settings.NONE);
        assertThat(engine.settings().said().of(Target.parse(typed), FACTS.key()))
                .isEqualTo(policy("lowest"));
    }

    @ParameterizedTest
    @CsvSource({
        "orders.shop, orders.other",
        "orders.shop:http, orders.shop:grpc",
        "orders.shop, orders.shop:null",
        "orders.shop, shop",
        "orders.shop, payments"
    })
    void other_names_mean_other_services(String typed, String configured) {
        Engine engine = engine(Map.of(configured, policy("lowest")), Settings.NONE);
        assertThat(engine.settings().said().of(Target.parse(typed), FACTS.key()))
                .isEqualTo(Settings.NONE);
    }

    @Test
    void the_more_exact_name_outranks_the_less_exact() {
        Target target = Target.parse("orders.shop:http");
        Engine byPort = engine(
                Map.of("orders", policy("rr"), "orders.shop", policy("random"), "orders.shop:http", policy("lowest")),
                Settings.NONE);
        assertThat(byPort.settings().said().of(target, FACTS.key())).isEqualTo(policy("lowest"));
        Engine byNamespace = engine(Map.of("orders", policy("rr"), "orders.shop", policy("random")), Settings.NONE);
        assertThat(byNamespace.settings().said().of(target, FACTS.key())).isEqualTo(policy("random"));
    }

    @Test
    void targets_of_other_schemes_are_named_by_their_text() {
        Target target = Target.parse("static:///10.0.0.7:8080,10.0.0.8:8080?policy=rr");
        Engine engine = engine(Map.of("static:///10.0.0.7:8080,10.0.0.8:8080", policy("lowest")), Settings.NONE);
        assertThat(engine.settings().said().of(target, ServiceKey.of(target))).isEqualTo(policy("lowest"));
    }

    @Test
    void annotations_that_contradict_the_application_are_ignored_as_a_whole() {
        Engine engine = engine(Map.of(), new Settings(Map.of("policy", "ring-hash", "ring-hash.max-size", "2048")));
        ServiceConfigs configs = engine.configsFor(Target.parse("orders.shop:http"), Settings.NONE);
        LayeredConfig config = configs.current(annotated("policy", "ring-hash", "ring-hash.min-size", "4096"));
        assertThat(policyOf(configs, config)).hasToString("ring-hash[fixed, 1024 to 2048, load-factor 0.0]");
        assertThat(configs.ignored())
                .singleElement()
                .asString()
                .startsWith("the annotations inmesh.io/... of the Service, as a whole: ")
                .contains("ring-hash.min-size");
    }

    @Test
    void levels_that_contradict_each_other_are_refused_before_anything_is_balanced() {
        Settings short1 = new Settings(Map.of("weight.source", "reports", "weight.expiration", "1m"));
        assertThatThrownBy(() -> engine(Map.of("orders", new Settings(Map.of("weight.blackout", "2m"))), short1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("settings for service orders")
                .hasMessageContaining("weight.expiration");
        Engine engine = engine(Map.of(), short1);
        assertThatThrownBy(() -> engine.configsFor(
                        Target.parse("orders.shop:http"), new Settings(Map.of("weight.blackout", "2m"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orders.shop:http")
                .hasMessageContaining("weight.expiration");
    }
}
