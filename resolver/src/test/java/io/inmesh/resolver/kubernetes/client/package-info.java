/** Tests of how requests travel, and as whom. */
@NullMarked
package io.inmesh.resolver.kubernetes.client;

import org.jspecify.annotations.NullMarked;
