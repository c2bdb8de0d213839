/** Tests of the scheme {@code k8s}, rule by rule, against conformance cases, and over real HTTP. */
@NullMarked
package io.inmesh.resolver.kubernetes;

import org.jspecify.annotations.NullMarked;
