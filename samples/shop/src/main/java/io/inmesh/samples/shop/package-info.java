/** The shop on one machine, without a cluster. In a cluster its two applications run by themselves. */
@NullMarked
package io.inmesh.samples.shop;

import org.jspecify.annotations.NullMarked;
