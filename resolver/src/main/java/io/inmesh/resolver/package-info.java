/** Resolvers that need no library: the scheme {@code static}. Those that do have a package each below this one. */
@NullMarked
package io.inmesh.resolver;

import org.jspecify.annotations.NullMarked;
