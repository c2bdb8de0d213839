package io.inmesh.api;

/**
 * What {@link LoadBalancer#pick} answers: a lease on an endpoint, which must be completed, or why there is none.
 *
 * <pre>{@code
 * if (orders.pick(PickContext.NONE) instanceof Lease lease) {
 *     try (lease) {
 *         send(lease.endpoint());
 *         lease.complete(Outcome.SUCCESS);
 *     }
 * }
 * }</pre>
 */
public sealed interface Pick permits Lease, Rejection {}
