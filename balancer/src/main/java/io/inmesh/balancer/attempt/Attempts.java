package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Rejection;
import io.inmesh.api.observe.BalancerObserver;

/**
 * Sends a request to an endpoint, and once more to another one where {@link RepeatRule} allows it. Blocks like the client library whose
 * request it is; holds no lock, so that a virtual thread that waits in here costs no carrier.
 *
 * <p>Threads: any.
 */
public final class Attempts {
    private final LoadBalancer balancer;
    private final BalancerObserver observer;

    /** Attempts on the endpoints of that balancer; repeats are told to the observer. */
    public Attempts(LoadBalancer balancer, BalancerObserver observer) {
        this.balancer = balancer;
        this.observer = observer;
    }

    /**
     * Sends.
     *
     * @return the answer of the last attempt
     * @throws E what the last attempt threw, or what the exchange makes of a rejection
     */
    public <T, E extends Exception> T call(PickContext context, Safety safety, Exchange<T, E> exchange) throws E {
        PickContext next = context;
        int attempts = 0;
        while (true) {
            attempts++;
            Lease lease = begin(next, exchange);
            try {
                T answer = exchange.send(lease);
                Outcome outcome = exchange.outcomeOf(answer);
                if (!RepeatRule.allows(outcome, safety, attempts)) {
                    return answer;
                }
                exchange.discard(answer);
                end(lease, outcome);
            } catch (RuntimeException | Error e) {
                // Of no kind the exchange knows to be a failed request: the endpoint is not to blame, and nothing is
                // sent again.
                lease.close();
                throw e;
            } catch (Exception e) {
                Outcome outcome = exchange.outcomeOf(e);
                if (!RepeatRule.allows(outcome, safety, attempts)) {
                    lease.complete(outcome);
                    throw e;
                }
                end(lease, outcome);
            }
            next = next.withTried(lease.endpoint());
        }
    }

    private <E extends Exception> Lease begin(PickContext context, Exchange<?, E> exchange) throws E {
        Pick pick = balancer.pick(context);
        if (pick instanceof Rejection rejection) {
            throw exchange.rejected(rejection);
        }
        return (Lease) pick;
    }

    private void end(Lease failed, Outcome outcome) {
        failed.complete(outcome);
        observer.repeated(balancer.target(), failed.endpoint(), outcome);
    }
}
