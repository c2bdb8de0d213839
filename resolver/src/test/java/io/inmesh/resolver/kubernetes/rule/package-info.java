/** The rules one by one, and the conformance cases. */
@NullMarked
package io.inmesh.resolver.kubernetes.rule;

import org.jspecify.annotations.NullMarked;
