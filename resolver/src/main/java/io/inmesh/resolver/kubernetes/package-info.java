/**
 * The scheme {@code k8s}: watches Services and EndpointSlices, and says by Kubernetes' own rules which endpoints of a service this
 * client may use. Everything that Kubernetes decides is decided here, by pure functions; nothing of it leaves this package but
 * endpoint sets.
 *
 * <p>Way of an event: {@code FabricApi} (bytes) to {@code ListWatch} (list, watch, resume) to {@code ServiceWatch} (one lane per
 * service, joins) to {@code Resolution} (the rules) to the listeners.
 */
@NullMarked
package io.inmesh.resolver.kubernetes;

import org.jspecify.annotations.NullMarked;
