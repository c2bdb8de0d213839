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
                    null,
                    config -> config.eject().enabled(),
                    keysOfEjection()),
            new Rule(
                    LocalityConfig.ROOM + ".mode",
                    "node",
                    new Other(BalancerConfig.POLICY, BalancerConfig.POLICY + " is " + BalancerConfig.NODE_LOCAL),
                    config -> config.locality().mode() == LocalityConfig.Mode.NODE,
                    keysOf(LocalityConfig.ROOM, "strict", "spill-factor")),
            rule(
                    LocalityConfig.ROOM + ".mode",
                    "weighted",
                    config -> config.locality().mode() == LocalityConfig.Mode.WEIGHTED,
                    LocalityConfig.ROOM,
                    "weights"),
            rule(
                    LocalityConfig.ROOM + ".mode",
                    "zone-aware",
                    config -> config.locality().mode() == LocalityConfig.Mode.ZONE_AWARE,
                    LocalityConfig.ROOM,
                    "min-endpoints",
                    "enabled-percent"),
            rule(
                    SubsetConfig.ROOM + ".mode",
                    "random, deterministic, aperture or rocksteadier",
                    config -> config.subset().mode() != SubsetConfig.Mode.OFF,
                    SubsetConfig.ROOM,
                    "size"),
            new Rule(
                    SlowStartConfig.ROOM + ".window",
                    "a time",
                    new Other(EjectConfig.ROOM + ".slow-start", EjectConfig.ROOM + ".slow-start is"),
                    config -> config.slowStart().isOn()
                            || !config.eject().back().slowStart().isZero(),
                    keysOf(SlowStartConfig.ROOM, "aggression", "min-percent")),
            // Out of band reports are heard by policies of their own, and how long they last has to fit how often they
            // come.
            rule(
                    WeightConfig.ROOM + ".source",
                    "reports",
                    config -> config.weight().source() == WeightConfig.Source.REPORTS,
                    WeightConfig.ROOM,
                    "blackout",
                    "period",
                    "metrics",
                    "error-penalty"),
            // Panic and zones' shares go by the rest of the room.
            rule(
                    PriorityConfig.ROOM + ".zones",
                    "a list of zones",
                    config -> !config.priority().zones().isEmpty(),
                    PriorityConfig.ROOM,
                    "mode"));

    private SwitchedKeys() {}

    /**
     * One switch.
     *
     * @param key its key
     * @param wanted the values with which the others have an effect, for people
     * @param other another one that will do as well, or null
     * @param isOn whether it has one of them
     * @param keys the others
     */
    private record Rule(
            String key, String wanted, @Nullable Other other, Predicate<BalancerConfig> isOn, Set<String> keys) {

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

        /** What a level says of the switches. */
        Map<String, String> switchesIn(Map<String, String> level) {
            Map<String, String> switches = new HashMap<>(level);
            switches.keySet().removeIf(each -> !each.equals(key) && (other == null || !each.equals(other.key)));
            return switches;
        }

        /** What holds where that is said of the switches, and nothing else. */
        boolean isOn(Map<String, String> switches) {
            return isOn.test(BalancerConfig.of(switches));
        }

        /** What has to be so, for people. */
        String condition() {
            return key + " is " + wanted + (other == null ? "" : " or " + other.wanted);
        }

        /** What is so instead. */
        String refutation() {
            return key + " is not " + wanted + (other == null ? "" : " nor " + other.wanted);
        }
    }

    /**
     * A second switch for the same keys.
     *
     * @param key its key
     * @param wanted key and values, for people
     */
    private record Other(String key, String wanted) {}

    private static Rule rule(
            String key, String wanted, Predicate<BalancerConfig> isOn, String room, String... namesOfKeys) {
        return new Rule(key, wanted, null, isOn, keysOf(room, namesOfKeys));
    }

    private static Set<String> keysOf(String room, String... names) {
        Set<String> keys = new TreeSet<>();
        for (String name : names) {
            keys.add(room + "." + name);
        }
        return keys;
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
                throw new IllegalArgumentException(said + " (expected: none unless " + rule.condition()
                        + "; say that as well, or leave the key out)");
            }
        }
    }

    private static boolean isOn(Rule rule, Settings level, Collection<Settings> others) {
        Map<String, String> own = rule.switchesIn(level.values());
        if (rule.isOn(own)) {
            return true;
        }
        for (Settings other : others) {
            Map<String, String> both = rule.switchesIn(other.values());
            both.putAll(own);
            if (rule.isOn(both)) {
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
                idle.add(said + " has no effect, since " + rule.refutation() + "; it was said by "
                        + switchedBy(rule, layered).label());
            }
        }
        return idle;
    }

    /** Who said it, of the two where a rule has two switches: whoever outranks the other. */
    private static SettingLevel switchedBy(Rule rule, LayeredConfig layered) {
        SettingLevel one = layered.sources().getOrDefault(rule.key, SettingLevel.BUILT_IN);
        SettingLevel other = rule.other == null
                ? SettingLevel.BUILT_IN
                : layered.sources().getOrDefault(rule.other.key, SettingLevel.BUILT_IN);
        return one.compareTo(other) <= 0 ? one : other;
    }
}
