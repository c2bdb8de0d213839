/**
 * Which endpoints are near, and what part of the requests stays with them.
 */
@Internal
@NullMarked
package io.inmesh.balancer.stage.locality;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
