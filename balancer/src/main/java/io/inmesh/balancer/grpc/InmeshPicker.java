package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import io.inmesh.api.Choice;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Our picker as gRPC's: the chosen member's own pick result, or the rejection as a status. */
final class InmeshPicker extends SubchannelPicker {
    /** Chosen by who has something to say instead. */
    static final Rejection NOBODY = new Rejection(Reason.ALL_EJECTED, "no connection is ready");

    private static final Picker TELLING = context -> NOBODY;

    private final Picker picker;
    private final @Nullable PickResult instead;
    private final CallRules rules;
    private final @Nullable InjectedFaults faults;

    /** With what to say instead of a rejection; null for its own words. */
    InmeshPicker(Picker picker, @Nullable PickResult instead, CallRules rules, @Nullable InjectedFaults faults) {
        this.picker = picker;
        this.faults = faults;
        this.instead = instead;
        this.rules = rules;
    }

    /** One that gives every call that result, but for those that faults hold up. */
    static InmeshPicker telling(PickResult result, @Nullable InjectedFaults faults) {
        return new InmeshPicker(TELLING, result, CallRules.NONE, faults);
    }

    /** True if the other would give every call the same. */
    boolean isSameAs(@Nullable InmeshPicker other) {
        return other != null
                && picker.equals(other.picker)
                && rules.equals(other.rules)
                && isSame(instead, other.instead);
    }

    /** Statuses have no equality of their own, and their texts render the stack traces of their causes. */
    private static boolean isSame(@Nullable PickResult one, @Nullable PickResult other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isDrop() == other.isDrop()
                && one.hasResult() == other.hasResult()
                && one.getStatus().getCode() == other.getStatus().getCode()
                && Objects.equals(
                        one.getStatus().getDescription(), other.getStatus().getDescription());
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
        CallAttempts attempts = CallAttempts.of(args.getCallOptions());
        if (faults != null && attempts != null) {
            PickResult held = faults.goOn(attempts, args);
            return held == null ? place(args, attempts, faults) : held;
        }
        return place(args, attempts, null);
    }

    private PickResult place(
            PickSubchannelArgs args, @Nullable CallAttempts attempts, @Nullable InjectedFaults harming) {
        Choice choice = picker.choose(rules.contextOf(args));
        if (choice instanceof ConnectedMember member) {
            PickResult refused = attempts == null ? null : attempts.ask(member, args.getHeaders());
            if (refused == null && harming != null && attempts != null) {
                refused = harming.strike(member, attempts, args);
            }
            return refused == null
                    ? member.streams().pickResult(args.getMethodDescriptor().getType())
                    : refused;
        }
        PickResult told = instead == null ? rejected((Rejection) choice) : instead;
        return attempts == null ? told : attempts.without(told, args.getHeaders());
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
