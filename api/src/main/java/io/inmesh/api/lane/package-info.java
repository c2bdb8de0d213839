/** The lane: one task after the other, so that the control side of a balancer needs no lock. */
@NullMarked
package io.inmesh.api.lane;

import org.jspecify.annotations.NullMarked;
