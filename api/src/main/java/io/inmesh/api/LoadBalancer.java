package io.inmesh.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Picks an endpoint of one target for every request. Handed out by {@code Mesh}; close it when you need it no more.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.create();
 *         LoadBalancer orders = mesh.service("orders.shop:http")) {
 *     orders.whenReady(Duration.ofSeconds(5)).toCompletableFuture().join();
 *     if (orders.pick(PickContext.NONE) instanceof Lease lease) {
 *         try (lease) {
 *             lease.complete(send(lease.endpoint()));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Threads: any. {@code choose} and {@code pick} never wait, lock or fail.
 */
public interface LoadBalancer extends AutoCloseable {

    /** What it balances. */
    Target target();

    /** Chooses without counting anything: the first of the two steps of {@link #pick}. */
    Choice choose(PickContext context);

    /** Chooses and begins: a {@link Lease} that must be completed, or the {@link Rejection} that says why there is none. */
    default Pick pick(PickContext context) {
        Choice choice = choose(context);
        return choice instanceof EndpointView view ? view.begin() : (Rejection) choice;
    }

    /**
     * Waits, without blocking a thread, until something can be picked. What is chained to it without an executor of its own runs on a
     * thread of the mesh and must not block.
     *
     * @param limit how long at most
     * @return completes with this balancer as soon as it can pick; exceptionally with a {@link RejectedException} as soon as the source
     *     says that there is nothing to pick, or when the limit has passed
     */
    CompletionStage<LoadBalancer> whenReady(Duration limit);

    /** What it knows and does at this moment, for people and tests. */
    Snapshot snapshot();

    /** Gives it back. Running leases go on; the last user's close ends the watch. Closing twice changes nothing. */
    @Override
    void close();

    /**
     * A balancer at one moment.
     *
     * @param target what it balances
     * @param policy the policy in force
     * @param policySource the configuration level that named it: {@code code}, {@code application}, {@code annotation}, {@code
     *     application default}, {@code built-in default}
     * @param settings what was said of how to balance it, by key, with who won; what nobody says is at its built-in default
     * @param ignored what was said besides and is not in force, and why
     * @param set what the resolver last published, or null
     * @param endpoints every endpoint known, usable or not
     * @param rejection what a pick would be told now, or null if it would get an endpoint
     * @param ages how fresh what the resolver tells is
     */
    record Snapshot(
            Target target,
            String policy,
            String policySource,
            Map<String, Setting> settings,
            List<String> ignored,
            @Nullable EndpointSet set,
            List<EndpointView> endpoints,
            @Nullable Rejection rejection,
            List<WatchAge> ages) {}

    /**
     * One setting in force.
     *
     * @param value as it was written
     * @param level the configuration level that won it, named as {@link Snapshot#policySource} is
     */
    record Setting(String value, String level) {}
}
