/**
 * The scheme {@code k8s}: watches Services and EndpointSlices, and says by Kubernetes' own rules which endpoints of a service this
 * client may use. Everything that Kubernetes decides is decided here, by pure functions; nothing of it leaves this package but
 * endpoint sets.
 *
 * <p>Rooms, from below: {@code object} (what API objects say), {@code source} (what may be asked for), {@code rule} (what it means for
 * this client), {@code watch} (how objects stay known), {@code client} (how requests travel), {@code feed} (what is kept known, for whom),
 * {@code snapshot} (what a later life of the process finds). This package puts them together.
 *
 * <p>Way of an event: bytes of a watch become an object ({@code watch}), which replaces its contribution ({@code feed}); whoever asked for
 * it evaluates its question again ({@code rule}) and tells its listener what is different.
 */
@NullMarked
package io.inmesh.resolver.kubernetes;

import org.jspecify.annotations.NullMarked;
