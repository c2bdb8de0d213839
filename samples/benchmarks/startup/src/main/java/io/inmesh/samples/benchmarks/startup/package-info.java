/** How long a small Spring Boot application takes to start, with the starter and without it. */
@NullMarked
package io.inmesh.samples.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
