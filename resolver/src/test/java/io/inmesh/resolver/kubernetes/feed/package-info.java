/** How many watches it takes, and when they end. */
@NullMarked
package io.inmesh.resolver.kubernetes.feed;

import org.jspecify.annotations.NullMarked;
