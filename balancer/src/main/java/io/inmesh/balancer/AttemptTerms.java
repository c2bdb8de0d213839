package io.inmesh.balancer;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.attempt.AnswerTimes;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.budget.ServiceBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of one balancer go by: its configuration, and its share in the budget of its service, which is given back with the members.
 *
 * <p>Threads: the balancer's lane.
 */
final class AttemptTerms {
    private final Engine engine;
    private @Nullable Held held;

    /** The last terms, and whose budget they hold a share of. */
    private record Held(ServiceKey service, Terms terms) {}

    AttemptTerms(Engine engine) {
        this.engine = engine;
    }

    /** While no service is known nothing is sent, so nothing is shared. */
    Terms ofNobody(AttemptsConfig config) {
        return new Terms(
                config, new ServiceBudget(config.budget(), config.hedge().percent(), engine.clock()), null);
    }

    /** The terms of that service; the same object as long as nothing changes. */
    Terms of(ServiceKey service, AttemptsConfig config) {
        Held before = held;
        if (before != null
                && before.service.equals(service)
                && before.terms.config().equals(config)) {
            return before.terms;
        }
        // The new share first, so that a budget that stays the same is not dropped in between.
        ServiceBudget budget = engine.budgets().retain(service, config);
        AnswerTimes times = before == null ? null : before.terms.times();
        if (config.hedge().percentile() == 0) {
            times = null;
        } else if (times == null) {
            times = new AnswerTimes(engine.clock());
        }
        close();
        Terms terms = new Terms(config, budget, times);
        held = new Held(service, terms);
        return terms;
    }

    /** Gives its share back. */
    void close() {
        if (held != null) {
            engine.budgets().release(held.service, held.terms.config());
            held = null;
        }
    }
}
