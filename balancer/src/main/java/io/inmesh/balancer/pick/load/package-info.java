/** Policies that compare what endpoints carry: requests in flight, per weight or with latency. */
@Internal
@NullMarked
package io.inmesh.balancer.pick.load;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
