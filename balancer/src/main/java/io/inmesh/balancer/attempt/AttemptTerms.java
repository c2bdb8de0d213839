package io.inmesh.balancer.attempt;

import io.inmesh.api.Internal;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.budget.BudgetsByService;
import io.inmesh.balancer.budget.ServiceBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of one balancer, or of one channel, go by: its configuration, and its share in the budget of its service, which is given back
 * when the service is reached no more.
 *
 * <p>Threads: one lane, that of the balancer or the channel.
 */
@Internal
public final class AttemptTerms {
    private final BudgetsByService budgets;
    private final NanoClock clock;
    private @Nullable Held held;

    /** The last terms, and whose budget they hold a share of. */
    private record Held(ServiceKey service, Terms terms) {}

    /** With a share in none of the budgets yet; the clock is theirs. */
    public AttemptTerms(BudgetsByService budgets, NanoClock clock) {
        this.budgets = budgets;
        this.clock = clock;
    }

    /** While no service is known nothing is sent, so nothing is shared. */
    public Terms ofNobody(AttemptsConfig config) {
        return new Terms(
                config, new ServiceBudget(config.budget(), config.hedge().percent(), clock), null);
    }

    /** The terms of that service; the same object as long as nothing changes. */
    public Terms of(ServiceKey service, AttemptsConfig config) {
        Held before = held;
        if (before != null
                && before.service.equals(service)
                && before.terms.config().equals(config)) {
            return before.terms;
        }
        // The new share first, so that a budget that stays the same is not dropped in between.
        ServiceBudget budget = budgets.retain(service, config);
        AnswerTimes times = before == null ? null : before.terms.times();
        if (config.hedge().percentile() == 0) {
            times = null;
        } else if (times == null) {
            times = new AnswerTimes(clock);
        }
        close();
        Terms terms = new Terms(config, budget, times);
        held = new Held(service, terms);
        return terms;
    }

    /** Gives its share back. */
    public void close() {
        if (held != null) {
            budgets.release(held.service, held.terms.config());
            held = null;
        }
    }
}
