/** Tests of the scripted API server itself; not part of what it is published with. */
@NullMarked
package io.inmesh.resolver.scripted;

import org.jspecify.annotations.NullMarked;
