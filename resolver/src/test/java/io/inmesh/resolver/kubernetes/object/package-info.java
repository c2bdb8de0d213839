/** Tests of how API objects are reduced. */
@NullMarked
package io.inmesh.resolver.kubernetes.object;

import org.jspecify.annotations.NullMarked;
