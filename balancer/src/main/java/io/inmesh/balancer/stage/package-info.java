/**
 * What happens between a set and a picker: stages, pure functions from a layout to a layout, in one fixed order
 * ({@link io.inmesh.balancer.stage.Place}).
 */
@Internal
@NullMarked
package io.inmesh.balancer.stage;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
