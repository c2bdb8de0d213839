/**
 * Attempts: what is safe to repeat is sent again, to an endpoint that has not been tried, within the service's budget; what is slow may be hedged.
 * {@link io.inmesh.balancer.attempt.Attempts} is where callers begin.
 */
@NullMarked
package io.inmesh.balancer.attempt;

import org.jspecify.annotations.NullMarked;
