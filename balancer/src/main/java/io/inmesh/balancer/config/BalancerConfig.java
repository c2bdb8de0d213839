package io.inmesh.balancer.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How one service is balanced, once every level has been heard.
 *
 * @param policy the name of the balancing policy; default {@value #DEFAULT_POLICY}. Others: see the README's table
 * @param policySettings what policies are told besides their names, by key: {@code POLICY.SETTING}; those of other policies wait until
 *     theirs is named
 * @param locality whether near endpoints are preferred
 * @param priority which zones are wanted first, and when the next take over
 * @param slowStart how an endpoint that has just come gets its share
 * @param weight where weights come from
 * @param latency how the latency of endpoints is taken
 * @param subset whether only some of the endpoints are used
 * @param affinity whether a client or a session stays with its endpoint
 * @param eject whether endpoints whose requests fail are left out for a while
 * @param limit how many requests may run at once
 * @param check whether endpoints are asked if they are well
 * @param attempts what is done for a request besides sending it once
 * @param resilience4j which instances of Resilience4j stand before its requests
 * @param key what the key of a request is
 */
public record BalancerConfig(
        String policy,
        Map<String, String> policySettings,
        LocalityConfig locality,
        PriorityConfig priority,
        SlowStartConfig slowStart,
        WeightConfig weight,
        LatencyConfig latency,
        SubsetConfig subset,
        AffinityConfig affinity,
        EjectConfig eject,
        LimitConfig limit,
        CheckConfig check,
        AttemptsConfig attempts,
        Resilience4jConfig resilience4j,
        KeyConfig key) {

    /** The policy unless another is named. */
    public static final String DEFAULT_POLICY = "power-of-two";

    /** Key of {@link #policy}, in all four places: code, properties, annotation, gRPC JSON. */
    public static final String POLICY = "policy";

    /** The policy that is a stage: {@link LocalityConfig.Mode#NODE} with another policy inside. */
    public static final String NODE_LOCAL = "node-local";

    /** Key of the policy inside {@link #NODE_LOCAL}. */
    public static final String NODE_LOCAL_POLICY = NODE_LOCAL + "." + POLICY;

    private static final Map<String, List<String>> ROOMS = Map.ofEntries(
            Map.entry(NODE_LOCAL, List.of(POLICY)),
            Map.entry(LocalityConfig.ROOM, LocalityConfig.KEYS),
            Map.entry(PriorityConfig.ROOM, PriorityConfig.KEYS),
            Map.entry(SlowStartConfig.ROOM, SlowStartConfig.KEYS),
            Map.entry(WeightConfig.ROOM, WeightConfig.KEYS),
            Map.entry(LatencyConfig.ROOM, LatencyConfig.KEYS),
            Map.entry(SubsetConfig.ROOM, SubsetConfig.KEYS),
            Map.entry(AffinityConfig.ROOM, AffinityConfig.KEYS),
            Map.entry(EjectConfig.ROOM, EjectConfig.KEYS),
            Map.entry(LimitConfig.ROOM, LimitConfig.KEYS),
            Map.entry(CheckConfig.ROOM, CheckConfig.KEYS),
            Map.entry(RetryConfig.ROOM, RetryConfig.KEYS),
            Map.entry(HedgeConfig.ROOM, HedgeConfig.KEYS),
            Map.entry(BudgetConfig.ROOM, BudgetConfig.KEYS),
            Map.entry(Resilience4jConfig.ROOM, Resilience4jConfig.KEYS),
            Map.entry(KeyConfig.ROOM, KeyConfig.KEYS));

    private static final Set<String> OWN_KEYS = ownKeys();

    /** Brings the name to its one spelling. */
    public BalancerConfig {
        policySettings = Map.copyOf(policySettings);
        policy = Names.normalize(policy);
        if (policy.isEmpty()) {
            throw new IllegalArgumentException(POLICY + ": '' (expected: the name of a balancing policy)");
        }
        String inside = policySettings.get(NODE_LOCAL_POLICY);
        if (inside != null && Names.normalize(inside).equals(NODE_LOCAL)) {
            throw new IllegalArgumentException(NODE_LOCAL_POLICY + ": '" + inside
                    + "' (expected: a policy that chooses among the near endpoints, such as " + DEFAULT_POLICY + ")");
        }
    }

    /**
     * Reads settings of every kind; what is not said is at its default.
     *
     * @param settings texts by key, each of {@link #keys()}
     * @throws IllegalArgumentException if a value is wrong, with key, value and what is expected
     */
    public static BalancerConfig of(Map<String, String> settings) {
        String policy = settings.getOrDefault(POLICY, DEFAULT_POLICY);
        Map<String, String> ofPolicies = new TreeMap<>();
        settings.forEach((key, value) -> {
            int dot = key.indexOf('.');
            if (dot > 0 && (!ROOMS.containsKey(key.substring(0, dot)) || key.equals(NODE_LOCAL_POLICY))) {
                ofPolicies.put(key, value);
            }
        });
        return new BalancerConfig(
                policy,
                ofPolicies,
                LocalityConfig.of(
                        room(LocalityConfig.ROOM, settings),
                        Names.normalize(policy).equals(NODE_LOCAL)),
                PriorityConfig.of(room(PriorityConfig.ROOM, settings)),
                SlowStartConfig.of(room(SlowStartConfig.ROOM, settings)),
                WeightConfig.of(room(WeightConfig.ROOM, settings)),
                LatencyConfig.of(room(LatencyConfig.ROOM, settings)),
                SubsetConfig.of(room(SubsetConfig.ROOM, settings)),
                AffinityConfig.of(room(AffinityConfig.ROOM, settings)),
                EjectConfig.of(room(EjectConfig.ROOM, settings)),
                LimitConfig.of(room(LimitConfig.ROOM, settings)),
                CheckConfig.of(room(CheckConfig.ROOM, settings)),
                new AttemptsConfig(
                        RetryConfig.of(room(RetryConfig.ROOM, settings)),
                        HedgeConfig.of(room(HedgeConfig.ROOM, settings)),
                        BudgetConfig.of(room(BudgetConfig.ROOM, settings))),
                Resilience4jConfig.of(room(Resilience4jConfig.ROOM, settings)),
                KeyConfig.of(room(KeyConfig.ROOM, settings), choosing(policy, ofPolicies)));
    }

    private static PolicySettings room(String room, Map<String, String> settings) {
        Map<String, String> own = new TreeMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(room + ".")) {
                own.put(key.substring(room.length() + 1), value);
            }
        });
        return new PolicySettings(room, own);
    }

    /** The same, but that endpoints are not asked if they are well: for doors that hear of it by themselves. */
    public BalancerConfig withoutChecks() {
        return new BalancerConfig(
                policy,
                policySettings,
                locality,
                priority,
                slowStart,
                weight,
                latency,
                subset,
                affinity,
                eject,
                limit,
                CheckConfig.OFF,
                attempts,
                resilience4j,
                key);
    }

    /** The policy that chooses: {@link #policy} itself, or what it names where it is a stage. */
    public String choosingPolicy() {
        return choosing(policy, policySettings);
    }

    private static String choosing(String policy, Map<String, String> settings) {
        boolean stage = Names.normalize(policy).equals(NODE_LOCAL);
        return stage ? settings.getOrDefault(NODE_LOCAL_POLICY, DEFAULT_POLICY) : policy;
    }

    /** True if that is the first part of keys that are not a policy's. */
    public static boolean isRoom(String name) {
        return ROOMS.containsKey(name);
    }

    /** Every key there is: with those of policies on the class path, as this thread sees it. */
    public static Set<String> keys() {
        Set<String> keys = new HashSet<>(PolicyKeys.found());
        keys.addAll(OWN_KEYS);
        return Set.copyOf(keys);
    }

    /** True if there is that key; looks at the class path only for those that are none of ours. */
    static boolean isKey(String key) {
        return OWN_KEYS.contains(key) || PolicyKeys.found().contains(key);
    }

    private static Set<String> ownKeys() {
        Set<String> keys = new HashSet<>(PolicyKeys.builtIn());
        keys.add(POLICY);
        ROOMS.forEach((room, names) -> names.forEach(name -> keys.add(room + "." + name)));
        return Set.copyOf(keys);
    }
}
