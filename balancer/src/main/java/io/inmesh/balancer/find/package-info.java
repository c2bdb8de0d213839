/** How what users add is found on the class path. */
@NullMarked
package io.inmesh.balancer.find;

import org.jspecify.annotations.NullMarked;
