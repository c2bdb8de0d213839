/** For tests of applications: a cluster that a test plays, on a clock that a test moves. Published as this jar's {@code tests}. */
@NullMarked
package io.inmesh.spring.testing;

import org.jspecify.annotations.NullMarked;
