/** Stages that make one number of what is known of an endpoint's weight: where it comes from, what it reports, how new it is. */
@Internal
@NullMarked
package io.inmesh.balancer.stage.weight;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
