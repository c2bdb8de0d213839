package io.inmesh.balancer.micrometer;

import io.inmesh.api.Reason;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one target.
 *
 * <p>Threads: any.
 */
final class TargetCounters {
    private final Registrations home;
    private final Tags tags;
    private final MetersByValue<OutcomeTag, Counter> requests;
    private final MetersByValue<OutcomeTag, Counter> repeats;
    private final MetersByValue<Reason, Counter> rejections;
    private final MetersByValue<Withheld, Counter> withheld;
    private final MetersByValue<Reason, Counter> unresolved;
    private final @Nullable Counter hedges;
    private final @Nullable Counter sets;
    private final @Nullable Counter ejections;
    private final @Nullable Counter fallbacks;
    private final @Nullable Counter outside;

    /** By the name of the policy: there are no more of them than policies that were ever in force. */
    private final Map<String, PolicyMeters> policies = new ConcurrentHashMap<>();

    /**
     * What is counted under one policy.
     *
     * @param publications null if the target has gone
     */
    record PolicyMeters(AttemptMeters attempts, @Nullable Counter publications) {}

    TargetCounters(Registrations home, Tags tags) {
        this.home = home;
        this.tags = tags;
        requests = by(
                OutcomeTag.class,
                "outcome",
                "inmesh.client.requests",
                "requests",
                "Requests of callers that reached an endpoint, however many attempts each took");
        repeats = by(
                OutcomeTag.class,
                "outcome",
                "inmesh.client.repeats",
                "repeats",
                "Requests sent again, by what had come of them before");
        rejections = by(Reason.class, "reason", "inmesh.client.rejections", "rejections", "Picks that gave none");
        withheld = by(
                Withheld.class,
                "reason",
                "inmesh.client.withheld",
                "attempts",
                "Repeats and hedges that would have been safe and were not made");
        unresolved =
                by(Reason.class, "reason", "inmesh.unresolved", "events", "How often the resolver had no set to give");
        hedges = counter("inmesh.client.hedges", "hedges", "Requests sent to another endpoint besides");
        sets = counter("inmesh.sets", "sets", "Sets of endpoints published by the resolver");
        ejections = counter("inmesh.ejections", "ejections", "Endpoints taken out by health");
        outside = counter(
                "inmesh.client.connections.outside",
                "connections",
                "Connections to endpoints outside of this process's part, for somebody who stays with them");
        fallbacks = counter("inmesh.client.fallbacks", "fallbacks", "How often a policy lacked what it goes by");
    }

    void called(OutcomeTag outcome) {
        increment(requests.get(outcome));
    }

    void repeated(OutcomeTag outcome) {
        increment(repeats.get(outcome));
    }

    void hedged() {
        increment(hedges);
    }

    void withheld(Withheld why) {
        increment(withheld.get(why));
    }

    void rejected(Reason reason) {
        increment(rejections.get(reason));
    }

    void unresolved(Reason reason) {
        increment(unresolved.get(reason));
    }

    void setChanged() {
        increment(sets);
    }

    void ejected() {
        increment(ejections);
    }

    void connectedOutside() {
        increment(outside);
    }

    void fellBack() {
        increment(fallbacks);
    }

    /** Counts a picker of that policy; what comes of requests is to be counted there from now on. */
    AttemptMeters published(String policy) {
        PolicyMeters meters = policies.computeIfAbsent(policy, this::newPolicy);
        increment(meters.publications);
        return meters.attempts;
    }

    private PolicyMeters newPolicy(String policy) {
        Tags both = tags.and("policy", policy);
        return new PolicyMeters(
                new AttemptMeters(home, "inmesh.client", "endpoints of the target", both),
                home.add(registry -> Counter.builder("inmesh.pickers")
                        .description("Pickers put into use")
                        .baseUnit("pickers")
                        .tags(both)
                        .register(registry)));
    }

    private @Nullable Counter counter(String name, String unit, String description) {
        return home.add(registry -> builder(name, unit, description).register(registry));
    }

    private <E extends Enum<E>> MetersByValue<E, Counter> by(
            Class<E> values, String tag, String name, String unit, String description) {
        return new MetersByValue<>(
                home,
                values,
                value -> registry -> builder(name, unit, description)
                        .tag(tag, value.name().toLowerCase(Locale.ROOT))
                        .register(registry));
    }

    private Counter.Builder builder(String name, String unit, String description) {
        return Counter.builder(name).description(description).baseUnit(unit).tags(tags);
    }

    private static void increment(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
