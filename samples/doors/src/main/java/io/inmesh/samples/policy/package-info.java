/** A balancing policy of one's own: a class, and a line in {@code META-INF/services} that names it. */
@NullMarked
package io.inmesh.samples.policy;

import org.jspecify.annotations.NullMarked;
