/** The simulator against what queues must do by theory, and the library's policies against what is promised of them. */
@NullMarked
package io.inmesh.samples.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
