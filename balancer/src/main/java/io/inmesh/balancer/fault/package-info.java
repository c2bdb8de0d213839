/** Faults on purpose: what a service's callers do when its endpoints are slow, fail or vanish can be tried without harming any. */
@NullMarked
package io.inmesh.balancer.fault;

import org.jspecify.annotations.NullMarked;
