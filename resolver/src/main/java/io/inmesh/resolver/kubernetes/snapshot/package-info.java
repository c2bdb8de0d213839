/** The last known endpoints on disk, for a start while the API is down: one file for each target, written whole or not at all. */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
