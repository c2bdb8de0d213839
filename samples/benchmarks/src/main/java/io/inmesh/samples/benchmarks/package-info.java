/** Our own picks, measured: each policy, each size. */
@NullMarked
package io.inmesh.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
