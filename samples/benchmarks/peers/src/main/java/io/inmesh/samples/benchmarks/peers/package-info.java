/** Our picks beside those of other libraries. */
@NullMarked
package io.inmesh.samples.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
