package io.inmesh.balancer.grpc;

import io.grpc.NameResolver.ServiceConfigParser;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.balancer.attempt.AttemptTerms;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.Resilience4jConfig;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.guard.GuardedPicks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a channel's calls are steered from now on: the same object as long as neither settings nor service change, with the channel's share in the
 * service's budget.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class Steering {
    private final Engine engine;
    private final Target target;
    private final ServiceConfigParser parser;
    private final AttemptTerms terms;
    private @Nullable SafeRepeats last;
    private @Nullable Guarded guarded;

    /** What stands before the service's requests, and why. */
    private record Guarded(
            Resilience4jConfig by, ServiceKey key, @Nullable GuardedPicks guard) {}

    Steering(Engine engine, Target target, ServiceConfigParser parser) {
        this.engine = engine;
        this.target = target;
        this.parser = parser;
        this.terms = new AttemptTerms(engine.budgets(), engine.clock());
    }

    /** For calls by these settings to that service; null while there is none. */
    SafeRepeats current(LayeredConfig config, @Nullable ServiceFacts facts) {
        AttemptsConfig attempts = config.config().attempts();
        if (facts == null) {
            terms.close();
        }
        Terms now = facts == null ? terms.ofNobody(attempts) : terms.of(facts.key(), attempts);
        GuardedPicks guard = facts == null ? null : guarded(config.config(), facts.key());
        boolean harmed = engine.faults() != Faults.none();
        CallTerms calls =
                new CallTerms(target, now, engine.clock(), engine.observer(), engine.classifier(), guard, harmed);
        Map<String, Object> channel =
                new HashMap<>(WatchedHealth.serviceConfig(config.config().check()));
        channel.put("loadBalancingConfig", List.of(InmeshPolicy.toServiceConfig(config.values(), engine.policies())));
        SafeRepeats made = last;
        if (made == null || !made.isOf(channel, calls)) {
            made = SafeRepeats.of(parser, channel, calls).instead(last);
            last = made;
        }
        return made;
    }

    /** The same object as long as nothing changes. */
    private @Nullable GuardedPicks guarded(BalancerConfig config, ServiceKey key) {
        Guarded before = guarded;
        if (before == null || !before.by.equals(config.resilience4j()) || !before.key.equals(key)) {
            before = new Guarded(config.resilience4j(), key, engine.guarded(config, target, key));
            guarded = before;
        }
        return before.guard;
    }

    /** Gives the share in the budget back. */
    void close() {
        terms.close();
    }
}
