/** How what users add is found on the class path. */
@Internal
@NullMarked
package io.inmesh.balancer.find;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
