/** The parts by themselves, and the whole in a few seconds. */
@NullMarked
package io.inmesh.samples.quickstart;

import org.jspecify.annotations.NullMarked;
