/** Tests of addresses as text. */
@NullMarked
package io.inmesh.resolver.address;

import org.jspecify.annotations.NullMarked;
