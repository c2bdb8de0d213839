package io.inmesh.balancer.config;

import io.inmesh.api.Internal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keys that have no effect unless another one, their switch, has a certain value: whoever says them means something that does not happen. A level that
 * contradicts itself so is refused; where levels that may not know of each other do so together, it is told.
 */
@Internal
public final class SwitchedKeys {
    private static final List<Rule> RULES = List.of(
            rule(
                    BudgetConfig.ROOM + ".mode",
                    "tokens",
                    config -> mode(config) == BudgetConfig.Mode.TOKENS,
                    BudgetConfig.ROOM,
                    "max-tokens",
                    "token-ratio"),
            rule(
                    BudgetConfig.ROOM + ".mode",
                    "concurrent",
                    config -> mode(config) == BudgetConfig.Mode.CONCURRENT,
                    BudgetConfig.ROOM,
                    "min-concurrent"),
            rule(
                    BudgetConfig.ROOM + ".mode",
                    "ratio",
                    config -> mode(config) == BudgetConfig.Mode.RATIO,
                    BudgetConfig.ROOM,
                    "min-per-second"),
            rule(
                    BudgetConfig.ROOM + ".mode",
                    "ratio or concurrent",
                    config -> mode(config) != BudgetConfig.Mode.TOKENS,
                    BudgetConfig.ROOM,
                    "percent"),
            rule(
                    HedgeConfig.ROOM + "." + HedgeConfig.DELAY,
                    "a time or a percentile",
                    config -> config.attempts().hedge().isOn(),
                    HedgeConfig.ROOM,
                    "attempts",
                    "percent"),
            rule(
                    CheckConfig.ROOM + ".mode",
                    "tcp, http or grpc",
                    config -> config.check().mode() != CheckConfig.Mode.OFF,
                    CheckConfig.ROOM,
                    "interval",
                    "timeout",
                    "unhealthy-after",
                    "healthy-after"),
            new Rule(
                    EjectConfig.ROOM + ".enabled",
                    "true",
                    config -> config.eject().enabled(),
                    keysOfEjection()));

    private SwitchedKeys() {}

    /**
     * One switch.
     *
     * @param key its key
     * @param wanted the values with which the others have an effect, for people
     * @param isOn whether it has one of them
     * @param keys the others
     */
    private record Rule(String key, String wanted, Predicate<BalancerConfig> isOn, Set<String> keys) {

        /** The first of its keys that the level says, as people read it; null if it says none. */
        @Nullable
        String saidIn(Map<String, String> level) {
            for (String each : keys) {
                String value = level.get(each);
                if (value != null) {
                    return each + ": '" + value + "'";
                }
            }
            return null;
        }

        /** What holds for a switch of which a level says that, or nothing. */
        boolean isOn(@Nullable String value) {
            return isOn.test(BalancerConfig.of(value == null ? Map.of() : Map.of(key, value)));
        }
    }

    private static Rule rule(
            String key, String wanted, Predicate<BalancerConfig> isOn, String room, String... namesOfKeys) {
        Set<String> keys = new TreeSet<>();
        for (String name : namesOfKeys) {
            keys.add(room + "." + name);
        }
        return new Rule(key, wanted, isOn, keys);
    }

    private static BudgetConfig.Mode mode(BalancerConfig config) {
        return config.attempts().budget().mode();
    }

    /** All but those that active checks and circuit breakers go by as well: the way back, and what counts as a failure. */
    private static Set<String> keysOfEjection() {
        Set<String> keys = new TreeSet<>();
        for (String name : EjectConfig.KEYS) {
            if (!Set.of("enabled", "slow-start", "overload").contains(name)) {
                keys.add(EjectConfig.ROOM + "." + name);
            }
        }
        return keys;
    }

    /**
     * Refuses a level that says a key and switches it off, or says one that nobody switches on.
     *
     * @param level each value right by itself
     * @param others levels that may switch on what this one says
     * @throws IllegalArgumentException with key, value, and what is expected
     */
    public static void check(Settings level, Collection<Settings> others) {
        for (Rule rule : RULES) {
            String said = rule.saidIn(level.values());
            if (said != null && !isOn(rule, level, others)) {
                throw new IllegalArgumentException(said + " (expected: none unless " + rule.key + " is " + rule.wanted
                        + "; say that as well, or leave the key out)");
            }
        }
    }

    private static boolean isOn(Rule rule, Settings level, Collection<Settings> others) {
        String own = level.values().get(rule.key);
        if (own != null || rule.isOn(null)) {
            return rule.isOn(own);
        }
        for (Settings other : others) {
            String value = other.values().get(rule.key);
            if (value != null && rule.isOn(value)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What was said of this service and has no effect, since another level switches it off; a sentence each. What was said of all services is none
     * of that: some have another switch.
     */
    public static List<String> idle(LayeredConfig layered) {
        List<String> idle = new ArrayList<>();
        for (Rule rule : RULES) {
            Map<String, String> ofThisService = new HashMap<>(layered.values());
            ofThisService.keySet().removeIf(key -> {
                SettingLevel source = layered.sources().get(key);
                return source == null || !source.speaksOfOneService();
            });
            String said = rule.saidIn(ofThisService);
            if (said != null && !rule.isOn.test(layered.config())) {
                idle.add(said + " has no effect, since " + rule.key + " is not " + rule.wanted + "; it was said by "
                        + layered.sources()
                                .getOrDefault(rule.key, SettingLevel.BUILT_IN)
                                .label());
            }
        }
        return idle;
    }
}
