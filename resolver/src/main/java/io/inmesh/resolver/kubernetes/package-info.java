/**
 * The scheme {@code k8s}: watches Services and EndpointSlices, and says by Kubernetes' own rules which endpoints of a service this
 * client may use. Everything that Kubernetes decides is decided here, by pure functions; nothing of it leaves this package but
 * endpoint sets.
 *
 * <p>Rooms, from below: {@code object} (what API objects say), {@code rule} (what that means for this client), {@code watch} (how
 * objects stay known), {@code client} (how requests travel), {@code
 * snapshot} (what a later life of the process finds). This package puts them together.
 */
@NullMarked
package io.inmesh.resolver.kubernetes;

import org.jspecify.annotations.NullMarked;
