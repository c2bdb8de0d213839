package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.testing.HeardLog;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that mean something that does not happen are refused, or told where levels that do not know of each other say them together. */
class SwitchedKeysTest {
    private static final Target ORDERS = Target.parse("orders.shop:http");
    private static final ServiceFacts FACTS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    private static Settings settings(String text) {
        Map<String, String> values = new TreeMap<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            values.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        return new Settings(values);
    }

    private static Engine engine(Map<String, Settings> services, Settings defaults) {
        return Assembling.engine(new FakeClock(), () -> 0, services, defaults);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "budget.max-tokens=20 | budget.max-tokens: '20' (expected: none unless budget.mode is tokens",
                "budget.mode=ratio budget.token-ratio=1 | budget.token-ratio: '1' (expected: none unless budget.mode is tokens",
                "budget.min-concurrent=1 | budget.min-concurrent: '1' (expected: none unless budget.mode is concurrent",
                "budget.mode=tokens budget.percent=10 | budget.percent: '10' (expected: none unless budget.mode is ratio or concurrent",
                "budget.mode=tokens budget.min-per-second=1 | budget.min-per-second: '1' (expected: none unless budget.mode is ratio",
                "hedge.percent=10 | hedge.percent: '10' (expected: none unless hedge.delay is a time or a percentile",
                "hedge.delay=off hedge.attempts=3 | hedge.attempts: '3' (expected: none unless hedge.delay is a time",
                "check.interval=5s | check.interval: '5s' (expected: none unless check.mode is tcp, http or grpc",
                "check.mode=off check.healthy-after=1 | check.healthy-after: '1' (expected: none unless check.mode is tcp",
                "eject.enabled=false eject.base=5s | eject.base: '5s' (expected: none unless eject.enabled is true",
                "locality.strict=true | locality.strict: 'true' (expected: none unless locality.mode is node or policy is node-local",
                "locality.mode=off locality.spill-factor=3 | locality.spill-factor: '3' (expected: none unless locality.mode is node",
                "locality.mode=node locality.weights=a=1 | locality.weights: 'a=1' (expected: none unless locality.mode is weighted",
                "locality.min-endpoints=3 | locality.min-endpoints: '3' (expected: none unless locality.mode is zone-aware",
                "locality.mode=node locality.enabled-percent=50 | locality.enabled-percent: '50' (expected: none unless locality.mode is zone-aware",
                "subset.size=10 | subset.size: '10' (expected: none unless subset.mode is random, deterministic, aperture or rocksteadier",
                "eject.slow-start=off slow-start.aggression=2 | slow-start.aggression: '2' (expected: none unless slow-start.window is a time or eject.slow-start is",
                "eject.slow-start=off slow-start.window=off slow-start.min-percent=5 | slow-start.min-percent: '5' (expected: none unless slow-start.window is a time",
                "weight.blackout=5s | weight.blackout: '5s' (expected: none unless weight.source is reports",
                "weight.source=endpoint weight.metrics=queue | weight.metrics: 'queue' (expected: none unless weight.source is reports",
                "priority.mode=first | priority.mode: 'first' (expected: none unless priority.zones is a list of zones",
            })
    void a_level_that_contradicts_itself_is_refused_wherever_it_stands(String said, String why) {
        Settings level = settings(said);
        assertThatThrownBy(() -> engine(Map.of(), level))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("settings for all services: " + why);
        assertThatThrownBy(() -> engine(Map.of("orders", level), Settings.NONE))
                .hasMessageStartingWith("settings for service orders: " + why);
        Engine engine = engine(Map.of(), Settings.NONE);
        assertThatThrownBy(() -> engine.configsFor(ORDERS, level)).hasMessageContaining("orders.shop:http", why);
        try (HeardLog log = new HeardLog()) {
            ServiceConfigs configs = engine.configsFor(ORDERS, Settings.NONE);
            assertThat(configs.current(FACTS.withAnnotations(level.values())).values())
                    .doesNotContainKeys(level.values().keySet().toArray(String[]::new));
            assertThat(log.lines("are ignored as a whole"))
                    .singleElement()
                    .asString()
                    .contains(why);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "budget.mode=tokens budget.max-tokens=20 budget.token-ratio=1",
                "budget.mode=concurrent budget.percent=10 budget.min-concurrent=1",
                "budget.percent=10 budget.min-per-second=1",
                "hedge.delay=p95 hedge.attempts=3 hedge.percent=10",
                "check.mode=tcp check.interval=5s check.healthy-after=1",
                "eject.base=5s",
                "eject.enabled=false eject.slow-start=10s eject.overload=true",
                "locality.mode=node locality.strict=true",
                "policy=node-local locality.spill-factor=3",
                "locality.mode=weighted locality.weights=a=1",
                "locality.mode=zone-aware locality.min-endpoints=3 locality.enabled-percent=50",
                "subset.mode=aperture subset.size=10",
                "slow-start.aggression=2 slow-start.min-percent=5",
                "eject.slow-start=off slow-start.window=10s slow-start.aggression=2",
                "weight.source=reports weight.blackout=5s weight.metrics=queue",
                "weight.oob-period=on",
                "weight.oob-period=5m weight.expiration=10m",
                "priority.zones=own priority.mode=first",
                "priority.panic-threshold=80 priority.over-provisioning=100",
            })
    void what_has_an_effect_is_taken(String said) {
        assertThatCode(() -> engine(Map.of(), settings(said)).configsFor(ORDERS, settings(said)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hedge.percent=10 | hedge.delay=20ms",
                "budget.mode=tokens | budget.max-tokens=20",
                "check.mode=http | check.interval=5s",
                "eject.base=5s | eject.enabled=false",
                "policy=node-local | locality.strict=true",
                "locality.spill-factor=3 policy=node-local | policy=random",
                "weight.period=2s weight.source=reports | weight.metrics=queue",
            })
    void what_is_said_of_all_services_and_of_one_goes_together(String ofAll, String ofOne) {
        Engine engine = engine(Map.of("orders.shop", settings(ofOne)), settings(ofAll));
        try (HeardLog log = new HeardLog()) {
            engine.configsFor(ORDERS, Settings.NONE).current(FACTS);
            engine.configsFor(Target.parse("basket.shop:http"), Settings.NONE).current(FACTS);
            assertThat(log.lines("has no effect")).isEmpty();
        }
    }

    @Test
    void what_the_owner_switches_off_is_told_once() {
        Engine engine = engine(Map.of("orders.shop", settings("eject.base=5s")), Settings.NONE);
        ServiceConfigs configs = engine.configsFor(ORDERS, Settings.NONE);
        try (HeardLog log = new HeardLog()) {
            configs.current(FACTS);
            assertThat(log.lines("has no effect")).isEmpty();
            assertThat(configs.ignored()).isEmpty();
            for (String annotated : new String[] {"false", "true", "false"}) {
                boolean enabled = configs.current(FACTS.withAnnotations(Map.of("eject.enabled", annotated)))
                        .config()
                        .eject()
                        .enabled();
                assertThat(enabled).isEqualTo(annotated.equals("true"));
                assertThat(configs.ignored())
                        .as("shown as long as it is so")
                        .hasSize(enabled ? 0 : 1)
                        .allMatch(each -> each.startsWith("eject.base: '5s' has no effect"));
            }
            assertThat(log.lines("has no effect"))
                    .singleElement()
                    .asString()
                    .contains("WARN")
                    .endsWith(
                            "eject.base: '5s' has no effect, since eject.enabled is not true; it was said by annotation");
        }
    }
}
