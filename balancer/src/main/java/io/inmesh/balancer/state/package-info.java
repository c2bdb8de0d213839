/** What is known of each endpoint while it lives: requests in flight, latency, the leases that move them. Knows no policy and no stage. */
@Internal
@NullMarked
package io.inmesh.balancer.state;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
