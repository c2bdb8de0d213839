/** The smallest program for each door. */
@NullMarked
package io.inmesh.samples.doors;

import org.jspecify.annotations.NullMarked;
