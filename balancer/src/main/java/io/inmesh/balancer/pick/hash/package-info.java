/** Policies that send the same key to the same endpoint: hash tables over the endpoints, made on the lane, and what bounds their load. */
@Internal
@NullMarked
package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
