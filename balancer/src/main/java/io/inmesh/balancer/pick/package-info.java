/** The algorithms: each policy makes an immutable picker over the endpoints of one revision. Knows neither stages nor Kubernetes. */
@Internal
@NullMarked
package io.inmesh.balancer.pick;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
