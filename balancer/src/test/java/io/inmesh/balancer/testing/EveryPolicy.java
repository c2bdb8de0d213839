package io.inmesh.balancer.testing;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.engine.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every policy of the library, and every setting of one that makes another algorithm of it. */
public final class EveryPolicy {
    /** What sends everything to one endpoint while that can take it. */
    private static final Set<String> TO_ONE = Set.of("first", "fo", "ovf", "source-hash");

    private EveryPolicy() {}

    /**
     * One of them.
     *
     * @param name the policy and its settings, for people
     */
    public record Case(String name, PickerFactory policy) {

        /** The same as settings that a user types. */
        public Map<String, String> settings() {
            int space = name.indexOf(' ');
            int sign = name.indexOf('=');
            return space < 0
                    ? Map.of("policy", name)
                    : Map.of(
                            "policy",
                            name.substring(0, space),
                            name.substring(0, space) + "." + name.substring(space + 1, sign),
                            name.substring(sign + 1));
        }

        /** True if idle endpoints of equal weight all get requests. */
        public boolean spreads() {
            return !TO_ONE.contains(policy.name());
        }

        /** True if idle endpoints of unequal weight all get requests: under {@code sed} the heaviest idle one has the least delay. */
        public boolean spreadsByWeight() {
            return spreads() && !policy.name().equals("sed");
        }

        /** True if requests may be turned down though there are endpoints. */
        public boolean mayReject() {
            return policy.mayReject();
        }

        /** True if a key has one endpoint, and where that cannot be had its requests are turned down. */
        public boolean keepsToOwner() {
            return policy.mayReject() && policy.followsKey();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them. */
    public static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Policies.builtIn().forEach(policy -> cases.add(new Case(policy.name(), policy)));
        for (String sequence : List.of("smooth", "edf", "ipvs", "stride")) {
            add(cases, "weighted-round-robin", "sequence", sequence);
        }
        for (String least : List.of("least-connection", "wlc", "sed", "nq")) {
            add(cases, least, "exact", "true");
        }
        for (String table : List.of("destination-hash", "ring-hash", "rendezvous")) {
            add(cases, table, "load-factor", "1.25");
        }
        add(cases, "destination-hash", "table", "ipvs");
        add(cases, "ring-hash", "sizing", "xds");
        add(cases, "power-of-two", "choices", "5");
        add(cases, "peak-ewma", "choices", "3");
        add(cases, "first", "shuffle", "true");
        add(cases, "round-robin", "exact", "true");
        add(cases, "weighted-round-robin", "exact", "true");
        for (String strict : List.of("ovf", "dh", "source-hash")) {
            add(cases, strict, "strict", "true");
        }
        return cases;
    }

    private static void add(List<Case> cases, String policy, String key, String value) {
        PickerFactory plain = cases.stream()
                .map(Case::policy)
                .filter(each -> each.name().equals(policy))
                .findFirst()
                .orElseThrow();
        cases.add(new Case(policy + " " + key + "=" + value, plain.with(Map.of(key, value))));
    }
}
