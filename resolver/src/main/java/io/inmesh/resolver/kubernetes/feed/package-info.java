/**
 * Keeps known what rules ask for, once for all who ask: watches of single services or of whole namespaces, released some time after
 * their last user.
 */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
