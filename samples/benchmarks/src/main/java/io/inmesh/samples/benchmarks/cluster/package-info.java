/** A large service, measured on its way from the line of a watch to the picker, without a cluster or a socket. */
@NullMarked
package io.inmesh.samples.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
