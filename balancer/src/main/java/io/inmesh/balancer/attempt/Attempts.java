package io.inmesh.balancer.attempt;

import io.inmesh.api.Choice;
import io.inmesh.api.Internal;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the endpoints of a balancer, and what is safe to repeat once more, elsewhere, as {@code retry.*}, {@code hedge.*} and {@code
 * budget.*} of the service say. One object serves all requests; get it from {@code Mesh.attempts(balancer)}.
 *
 * <ul>
 *   <li>Safe is what {@link RepeatRule} says: what was not sent, what the peer proved not to have processed, and what is idempotent.
 *   <li>A repeat goes to an endpoint that the call has not tried, as long as there is one. The first after nothing was sent is free and goes at
 *       once; each other one waits for its back-off, or as long as the endpoint said, and is withdrawn from the service's budget.
 *   <li>With {@code retry.timeout}, or where the client library itself gives an attempt up, an idempotent request leaves an endpoint that does not
 *       answer in time; with {@code hedge.delay} it is sent to
 *       another besides. The first answer wins; the other attempts are taken back.
 *   <li>A call that fails fails with what its last attempt did.
 * </ul>
 *
 * <p>Threads: any.
 */
public final class Attempts {
    private final LoadBalancer balancer;
    private final Function<PickContext, Choice> look;
    private final Supplier<Terms> terms;
    private final AttemptResources resources;
    private final @Nullable Duration deadline;

    private Attempts(
            LoadBalancer balancer,
            Function<PickContext, Choice> look,
            Supplier<Terms> terms,
            AttemptResources resources,
            @Nullable Duration deadline) {
        this.balancer = balancer;
        this.look = look;
        this.terms = terms;
        this.resources = resources;
        this.deadline = deadline;
    }

    /**
     * Attempts on the endpoints of that balancer.
     *
     * @param look whom a request would get, without telling anybody that it would get none
     * @param terms asked for with each call
     */
    @Internal
    public static Attempts of(
            LoadBalancer balancer,
            Function<PickContext, Choice> look,
            Supplier<Terms> terms,
            AttemptResources resources) {
        return new Attempts(balancer, look, terms, resources, null);
    }

    /** The same for calls of which all attempts together may take so long until the answer, whatever {@code retry.deadline} says; above zero. */
    public Attempts within(Duration newDeadline) {
        if (newDeadline.isNegative() || newDeadline.isZero()) {
            throw new IllegalArgumentException("deadline: " + newDeadline + " (expected: above zero)");
        }
        return new Attempts(balancer, look, terms, resources, newDeadline);
    }

    /**
     * Sends, without blocking. What is chained to the result without an executor of its own runs on whichever thread brought the last event: one of
     * the client library, a timer of the mesh, or the caller's.
     *
     * @return the answer; or the error of the last attempt, or what the exchange makes of a rejection, a timeout. Cancelling it, or completing it
     *     in any other way, takes back all attempts
     */
    public <T> CompletableFuture<T> send(PickContext context, Safety safety, AsyncExchange<T> exchange) {
        Terms now = terms.get();
        return start(now, course(now, context, safety), exchange.classifiedBy(resources.classifier()));
    }

    /**
     * Sends, and waits for the answer as the client library does: on the caller's own thread, or, where attempts are timed, hedged or under a deadline, on
     * threads of the mesh (virtual ones where the JDK has them) while the caller waits. Interrupting the caller takes back all attempts.
     *
     * @return the answer
     * @throws E what the last attempt threw, or what the exchange makes of a rejection, a timeout or an interruption
     */
    public <T, E extends Exception> T call(PickContext context, Safety safety, Exchange<T, E> exchange) throws E {
        Terms now = terms.get();
        Course course = course(now, context, safety);
        if (!now.isTimed(safety) && deadlineNanos(now) == Course.NEVER) {
            return new CallersThread<>(resources, balancer, course, exchange).run();
        }
        return await(start(now, course, new ThreadedExchange<>(exchange, resources.threads())), exchange);
    }

    private Course course(Terms now, PickContext context, Safety safety) {
        return new Course(balancer, look, now, safety, context, resources);
    }

    private <T> CompletableFuture<T> start(Terms now, Course course, AsyncExchange<T> exchange) {
        return new Call<>(resources, balancer, now, course, exchange).start(deadlineNanos(now));
    }

    private long deadlineNanos(Terms now) {
        Duration limit = deadline == null ? now.config().retry().deadline() : deadline;
        return limit.isZero() ? Course.NEVER : TimeUnit.NANOSECONDS.convert(limit);
    }

    @SuppressWarnings("unchecked") // Of checked exceptions the exchange throws and makes these alone.
    private static <T, E extends Exception> T await(CompletableFuture<T> answer, Exchange<T, E> exchange) throws E {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!answer.cancel(true) && !answer.isCompletedExceptionally()) {
                return answer.join(); // It was there at that very moment.
            }
            throw exchange.failure(e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw (E) cause;
        }
    }
}
