/** What there is, and what it costs: asked by REST and by gRPC. Runs in several instances. */
@NullMarked
package io.inmesh.samples.shop.inventory;

import org.jspecify.annotations.NullMarked;
