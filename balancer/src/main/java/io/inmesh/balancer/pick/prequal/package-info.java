/** Choice by probes: endpoints are asked how loaded they are before a request needs to know. */
@Internal
@NullMarked
package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
