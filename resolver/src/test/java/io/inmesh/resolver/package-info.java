/** Tests of the scheme {@code static} and of what holds for the whole module. */
@NullMarked
package io.inmesh.resolver;

import org.jspecify.annotations.NullMarked;
