/** What keeps a client or a session with its endpoint, around the picker of any policy. */
@Internal
@NullMarked
package io.inmesh.balancer.pick.affinity;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
