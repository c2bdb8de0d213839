/** IP addresses as text, in the one form that comparing needs (rule A-6). No lookup ever happens here. */
@Internal
@NullMarked
package io.inmesh.resolver.address;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
