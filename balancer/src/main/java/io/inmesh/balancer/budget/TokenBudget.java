package io.inmesh.balancer.budget;

import io.inmesh.api.Outcome;
import java.util.concurrent.atomic.AtomicLong;

/**
 * gRPC's throttle (gRFC A6): a failure takes a token, an answer gives back a part of one, and above half of all tokens requests may be sent
 * again. Counts thousandths, as gRPC does. An answer of ours is what the endpoint is not to blame for; a cancelled attempt says nothing.
 */
final class TokenBudget implements RetryBudget {
    private static final double THOUSANDTHS = 1000;
    private static final long TOKEN = 1000;

    private final long most;
    private final long ratio;
    private final AtomicLong tokens;

    TokenBudget(double maxTokens, double tokenRatio) {
        this.most = Math.round(maxTokens * THOUSANDTHS);
        this.ratio = Math.round(tokenRatio * THOUSANDTHS);
        this.tokens = new AtomicLong(most);
    }

    @Override
    public void told(Outcome outcome) {
        if (Outcome.isAnswer(outcome)) {
            add(ratio);
        } else if (!(outcome instanceof Outcome.Cancelled)) {
            add(-TOKEN);
        }
    }

    /** A loop of our own: a lambda that carries the amount would be an object for each request. */
    private void add(long amount) {
        while (true) {
            long before = tokens.get();
            long after = Math.max(0, Math.min(most, before + amount));
            if (after == before || tokens.compareAndSet(before, after)) {
                return;
            }
        }
    }

    @Override
    public boolean tryWithdraw() {
        return tokens.get() > most / 2;
    }
}
