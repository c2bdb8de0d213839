/** How many requests of a service may be sent again. One budget for each service of a mesh, whichever door its callers come through. */
@Internal
@NullMarked
package io.inmesh.balancer.budget;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
