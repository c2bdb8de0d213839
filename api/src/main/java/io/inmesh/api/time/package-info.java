/** Time and scheduling as things to be handed in: the only room of the library that reads the system clock or starts threads. */
@NullMarked
package io.inmesh.api.time;

import org.jspecify.annotations.NullMarked;
