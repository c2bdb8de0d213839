package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import io.inmesh.api.Choice;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import org.jspecify.annotations.Nullable;

/** Our picker as gRPC's: the chosen member's own pick result, or the rejection as a status. */
final class InmeshPicker extends SubchannelPicker {
    private final Picker picker;
    private final @Nullable PickResult instead;
    private final CallRules rules;

    /** With what to say instead of a rejection; null for its own words. */
    InmeshPicker(Picker picker, @Nullable PickResult instead, CallRules rules) {
        this.picker = picker;
        this.instead = instead;
        this.rules = rules;
    }

    /** True if the other would give every call the same. */
    boolean isSameAs(@Nullable InmeshPicker other) {
        return other != null && picker == other.picker && rules.equals(other.rules);
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
        Choice choice = picker.choose(rules.contextOf(args));
        if (choice instanceof ConnectedMember member) {
            return member.pickResult(args.getMethodDescriptor().getType());
        }
        return instead == null ? rejected((Rejection) choice) : instead;
    }

    private static PickResult rejected(Rejection rejection) {
        Status status = Status.UNAVAILABLE.withDescription(rejection.toString());
        return rejection.reason().isDrop() ? PickResult.withDrop(status) : PickResult.withError(status);
    }

    @Override
    public String toString() {
        return "InmeshPicker[" + picker + "]";
    }
}
