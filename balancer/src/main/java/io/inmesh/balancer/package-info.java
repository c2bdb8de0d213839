/**
 * The entry for plain Java: {@link io.inmesh.balancer.Mesh} gives out a {@link io.inmesh.api.LoadBalancer} for every target. Of this
 * module only this package, {@code config}, {@code attempt} and the doors are meant to be used from outside.
 */
@NullMarked
package io.inmesh.balancer;

import org.jspecify.annotations.NullMarked;
