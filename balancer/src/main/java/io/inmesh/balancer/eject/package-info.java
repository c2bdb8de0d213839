/**
 * Whether the counters of endpoints speak against one of them, and for how long it is left out: rules that are maths, and the plan that applies
 * them. Schedules nothing, and never touches a picker.
 */
@Internal
@NullMarked
package io.inmesh.balancer.eject;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
