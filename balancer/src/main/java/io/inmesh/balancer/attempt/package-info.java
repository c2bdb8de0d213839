/** Attempts: what is safe to repeat is tried once more, on an endpoint that has not been tried. For doors; applications rarely need it. */
@NullMarked
package io.inmesh.balancer.attempt;

import org.jspecify.annotations.NullMarked;
