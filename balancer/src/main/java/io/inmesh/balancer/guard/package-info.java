/** What stands before all requests of a service, such as an application's own circuit breaker. Adapters bring it along. */
@Internal
@NullMarked
package io.inmesh.balancer.guard;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
