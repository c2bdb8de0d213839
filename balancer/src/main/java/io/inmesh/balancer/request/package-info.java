/** Reads keys and sessions out of requests, whatever their protocol. Doors say what a request has; what is looked for is the configuration's. */
@NullMarked
@Internal
package io.inmesh.balancer.request;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
