/**
 * The gRPC door: a channel on {@code k8s:///orders.shop:grpc} balances its calls over the pods of the service. Having the jars on the class
 * path is enough; {@link io.inmesh.balancer.grpc.MeshChannels} has the keys for those who want to say more.
 */
@NullMarked
package io.inmesh.balancer.grpc;

import org.jspecify.annotations.NullMarked;
