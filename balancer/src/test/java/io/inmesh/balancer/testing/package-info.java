/** What the tests of the balancer share: endpoints with loads as told, a meter of allocation, threads that start together, logs heard. */
@NullMarked
package io.inmesh.balancer.testing;

import org.jspecify.annotations.NullMarked;
