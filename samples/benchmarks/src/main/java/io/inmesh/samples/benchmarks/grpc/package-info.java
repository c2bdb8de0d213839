/** What a unary call through the gRPC door costs, beside gRPC's own round robin. */
@NullMarked
package io.inmesh.samples.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
