/** Keeps objects of the API known over lists and watches that break (group W), whatever carries the bytes. */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
