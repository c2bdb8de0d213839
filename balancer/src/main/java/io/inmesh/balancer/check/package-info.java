/** Active health checks: endpoints are asked whether they are well, where a configuration wants that. One more source of health. */
@Internal
@NullMarked
package io.inmesh.balancer.check;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
