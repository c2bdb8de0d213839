package io.inmesh.balancer;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.guard.GuardedPicks;
import io.inmesh.balancer.request.RequestRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What requests and people see of a balancer: one reference, so that they always see things that belong together.
 *
 * @param picker chooses; never waits
 * @param said how to balance, and by whom
 * @param ignored what was said besides
 * @param set null where none is known
 * @param rejection what a pick would be told; null if it would get an endpoint
 * @param terms what attempts go by
 * @param guarded what stands before the requests, or null
 */
record Published(
        Picker picker,
        Balancing balancing,
        LayeredConfig said,
        List<String> ignored,
        @Nullable EndpointSet set,
        List<EndpointView> endpoints,
        @Nullable Rejection rejection,
        Terms terms,
        @Nullable GuardedPicks guarded) {

    /** Nobody to choose, for that reason; what was said of balancing stays. */
    Published without(Picker rejecting, Rejection reason) {
        return new Published(rejecting, balancing, said, ignored, null, List.of(), reason, terms, null);
    }

    /** What is read from requests. */
    RequestRules rules() {
        return RequestRules.of(balancing.config());
    }

    /** Chooses and begins, with leave of whoever stands before the service. */
    Pick pick(PickContext context) {
        if (guarded != null) {
            return guarded.pick(picker, context);
        }
        Choice choice = picker.choose(context);
        return choice instanceof EndpointView view ? view.begin() : (Rejection) choice;
    }

    LoadBalancer.Snapshot snapshot(Target target, List<WatchAge> ages) {
        return new LoadBalancer.Snapshot(
                target,
                balancing.name(),
                said.policySource().label(),
                said.said(),
                ignored,
                set,
                endpoints,
                rejection,
                ages);
    }
}
