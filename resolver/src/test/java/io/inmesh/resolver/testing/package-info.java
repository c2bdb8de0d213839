/**
 * A Kubernetes API server for tests and demonstrations: real HTTP on the loopback address, lists and watches as the real one answers
 * them, and faults on demand. Published with classifier {@code tests}; needs the JDK and Jackson, and no test engine.
 */
@NullMarked
package io.inmesh.resolver.testing;

import org.jspecify.annotations.NullMarked;
