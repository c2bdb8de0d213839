/** Which of a service's endpoints one client process uses, so that not every client is connected to every server (balancing rules 5.26). */
@Internal
@NullMarked
package io.inmesh.balancer.stage.subset;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
