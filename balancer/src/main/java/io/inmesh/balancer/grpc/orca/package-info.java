/**
 * What servers and clients tell each other of load, in gRPC's own way (ORCA). Needs {@code io.grpc:grpc-xds}; {@link
 * io.inmesh.balancer.grpc.orca.LoadReporting} is for servers, clients find their part by themselves.
 */
@NullMarked
package io.inmesh.balancer.grpc.orca;

import org.jspecify.annotations.NullMarked;
