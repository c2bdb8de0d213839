package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.pick.Gate;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step from members to a picker, the same for every door: stages, policy, gate. Remembers the last pickers, so that a policy's sequence
 * goes on.
 *
 * <p>Threads: one balancer's lane.
 */
public final class PickerAssembly {
    private static final Logger log = LoggerFactory.getLogger(PickerAssembly.class);

    private final Engine engine;
    private final Target target;
    private final BalancerObserver observer;
    private final Composition composition;

    private String lastFailure = "";

    /** Assembles for that target. */
    public PickerAssembly(Engine engine, Target target) {
        this.engine = engine;
        this.target = target;
        this.observer = engine.observer();
        this.composition = new Composition(engine);
    }

    /**
     * What was assembled.
     *
     * @param picker never null; where nothing can be picked, one that says why
     * @param rejection what that picker tells every request, or null if it gives endpoints
     * @param holds after how long it is to be assembled anew, though nothing was heard; null if only news change it
     */
    public record Assembled(
            Picker picker,
            @Nullable Rejection rejection,
            @Nullable Duration holds) {}

    /**
     * Makes a picker.
     *
     * @param members every member, in canonical order
     * @param set what they were made from
     * @param balancing how they are to be balanced
     */
    public Assembled assemble(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        PickerFactory policy = balancing.policy();
        Pipeline pipeline = Stages.of(balancing.config(), engine.situation(set, policy.followsKey()));
        Pipeline.Arranged arranged = pipeline.arrange(Layout.of(members));
        Duration holds = arranged.layout().holds();
        Place emptiedAt = arranged.emptiedAt();
        if (emptiedAt != null) {
            return rejecting(rejection(emptiedAt, set.nothingUsable()), holds);
        }
        List<Layout.Candidate> candidates = Composition.chosenFrom(arranged.layout());
        boolean timed = policy.readsLatency() || observer.readsLatency();
        members.forEach(member -> member.setTimed(timed));
        Picker picker;
        try {
            picker = composition.pickerOf(arranged.layout(), policy);
        } catch (RuntimeException | LinkageError e) {
            return rejecting(failed(policy, candidates.size(), e), holds);
        }
        lastFailure = "";
        observer.pickerPublished(target, balancing.name(), candidates.size());
        EndpointView[] endpoints =
                candidates.stream().map(Layout.Candidate::member).toArray(EndpointView[]::new);
        Picker gate = new Gate(picker, endpoints, engine.random());
        return new Assembled(policy.mayReject() ? new ToldRejections(gate, target, observer) : gate, null, holds);
    }

    /**
     * What to say while a policy fails. The picker before is not kept: it would send requests to endpoints that have left. Logged once for each
     * failure in a row, for a set may change many times a minute.
     */
    private Rejection failed(PickerFactory factory, int endpoints, Throwable failure) {
        String text = target + ": policy '" + factory.name() + "' ("
                + factory.getClass().getName()
                + ") made no picker for " + endpoints + " endpoints: " + failure
                + "; correct the policy, or name another one by the setting 'policy'";
        if (!text.equals(lastFailure)) {
            lastFailure = text;
            log.error("{}", text, failure);
        }
        return new Rejection(Reason.POLICY_FAILED, text);
    }

    private Assembled rejecting(Rejection rejection, @Nullable Duration holds) {
        return new Assembled(rejecting(rejection), rejection, holds);
    }

    /** A picker that answers everyone alike, and tells the observer each time. */
    public Picker rejecting(Rejection rejection) {
        return new Rejecting(target, rejection, observer);
    }

    private Rejection rejection(Place emptiedAt, @Nullable Unresolved nothingUsable) {
        return switch (emptiedAt) {
            case ELIGIBLE ->
                nothingUsable == null
                        ? new Rejection(
                                Reason.NO_ENDPOINTS,
                                target + ": no endpoint is usable; check the readiness of its pods")
                        : Rejection.of(nothingUsable);
            case LOCALITY_SHARE ->
                new Rejection(
                        Reason.NO_LOCAL_ENDPOINTS,
                        target
                                + ": no usable endpoint runs where locality.strict allows; run one on each node (DaemonSet), or set locality.strict to false");
            case WEIGHT, QUIESCED ->
                new Rejection(
                        Reason.NO_ENDPOINTS,
                        target
                                + ": all quiesced, every usable endpoint has weight 0; give one of them a weight above 0");
            case ROUTE, GROUP, SUBSET, PRIORITY_LOAD, HEALTH ->
                new Rejection(
                        Reason.ALL_EJECTED,
                        target + ": health keeps every usable endpoint out; see why each was ejected");
        };
    }

    /** Says no. */
    private record Rejecting(Target target, Rejection rejection, BalancerObserver observer) implements Picker {
        @Override
        public Rejection choose(PickContext context) {
            observer.rejected(target, rejection);
            return rejection;
        }
    }
}
