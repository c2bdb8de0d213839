/**
 * An application's own Resilience4j instances before the requests of its services: {@link io.inmesh.balancer.resilience4j.Resilience4j}. Needs the jars
 * of the patterns that are used, {@code io.github.resilience4j:resilience4j-circuitbreaker}, {@code -ratelimiter}, {@code -bulkhead}.
 */
@NullMarked
package io.inmesh.balancer.resilience4j;

import org.jspecify.annotations.NullMarked;
