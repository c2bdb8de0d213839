/** What rules may ask for, and what is known of it: the words between the rules and what keeps things known. */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.source;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
