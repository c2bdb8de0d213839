/** Tests of what is kept on disk. */
@NullMarked
package io.inmesh.resolver.kubernetes.snapshot;

import org.jspecify.annotations.NullMarked;
