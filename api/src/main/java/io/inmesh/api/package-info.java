/**
 * The words of inmesh and nothing else: what can be reached ({@link io.inmesh.api.Target}), what is known of it
 * ({@link io.inmesh.api.EndpointSet} or {@link io.inmesh.api.Unresolved}), who chooses ({@link io.inmesh.api.Picker}), what a
 * request holds while it runs ({@link io.inmesh.api.Lease}) and what came of it ({@link io.inmesh.api.Outcome}).
 *
 * <p>Everything here is a value or an interface; this package imports only the JDK and JSpecify. Extension points are
 * {@link io.inmesh.api.ResolverProvider}, {@link io.inmesh.api.PickerFactory}, {@link io.inmesh.api.OutcomeClassifier} and {@link
 * io.inmesh.api.observe.BalancerObserver}.
 */
@NullMarked
package io.inmesh.api;

import org.jspecify.annotations.NullMarked;
