package io.inmesh.balancer.attempt;

import org.jspecify.annotations.Nullable;

/**
 * What follows an attempt that has ended.
 *
 * @param isOver whether what it brought is the caller's
 * @param isKept whether the caller gets the lease as well
 * @param repeat the next attempt; null if there is none, or if those that run do
 */
record Then(boolean isOver, boolean isKept, Course.@Nullable Repeat repeat) {}
