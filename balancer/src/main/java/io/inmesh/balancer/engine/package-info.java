/** What every door shares: policies by name, settings by level, endpoint states by service, and the step from members to a picker. */
@Internal
@NullMarked
package io.inmesh.balancer.engine;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
