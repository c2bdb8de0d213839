/**
 * The gRPC door: a channel on {@code k8s:///orders.shop:grpc} balances its calls over the pods of the service. Having the jars on the class
 * path is enough; {@link io.inmesh.balancer.grpc.MeshChannels} has the keys for those who want to say more.
 *
 * <p>How to read it. {@code MeshNameResolver} turns an endpoint set into addresses. {@code InmeshLoadBalancer} shows pickers to the channel, and has of its service, as
 * {@code BoundService}, members ({@code ConnectedMember}), their {@code Connections}, and health. {@code InmeshPicker} chooses a member; {@code MemberStreams} gives the
 * stream its tracer: {@code LoneStream} where nobody sees the call as a whole, else {@code CallAttempt}.
 *
 * <p>A call that is seen as a whole: {@code SafeRepeats} chooses how gRPC goes on with it ({@code Course}) and gives it {@code CallAttempts}, which
 * {@code RememberedCall} begins and ends. What was made is {@code MadeAttempts}, one {@code CallAttempt} each; what else may be made, and what that
 * costs the budget, {@code AttemptLeave}; what stands before the service, {@code HeldLeaves}.
 */
@NullMarked
package io.inmesh.balancer.grpc;

import org.jspecify.annotations.NullMarked;
