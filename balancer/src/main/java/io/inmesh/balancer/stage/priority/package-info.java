/**
 * Which endpoints are wanted first, when the next take over, and when the unhealthy are used because too few are healthy.
 */
@Internal
@NullMarked
package io.inmesh.balancer.stage.priority;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
