/** Takes orders, and asks inventory by REST and by gRPC. */
@NullMarked
package io.inmesh.samples.shop.orders;

import org.jspecify.annotations.NullMarked;
