package io.inmesh.balancer.engine;

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
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step from members to a picker, the same for every door: stages, policy, gate. Remembers the last picker, so that a policy's sequence
 * goes on.
 *
 * <p>Threads: one balancer's lane.
 */
public final class PickerAssembly {
    private static final Logger log = LoggerFactory.getLogger(PickerAssembly.class);

    private final Engine engine;
    private final Target target;
    private final BalancerObserver observer;
    private final Pipeline pipeline = Pipeline.standard();

    private @Nullable Rejection lastRejection;
    private String lastPolicy = "";
    private String lastFailure = "";
    private @Nullable Picker lastPicker;

    /** Assembles for that target. */
    public PickerAssembly(Engine engine, Target target) {
        this.engine = engine;
        this.target = target;
        this.observer = engine.observer();
    }

    /**
     * Makes a picker.
     *
     * @param members every member, in canonical order
     * @param factory the policy
     * @param nothingUsable what to say if no member is eligible
     * @return never null; where nothing can be picked, a picker that says why
     */
    public Picker assemble(
            Collection<? extends Member> members, PickerFactory factory, @Nullable Unresolved nothingUsable) {
        Pipeline.Arranged arranged = pipeline.arrange(Layout.of(members));
        Place emptiedAt = arranged.emptiedAt();
        if (emptiedAt != null) {
            return rejecting(rejection(emptiedAt, nothingUsable));
        }
        lastRejection = null;
        boolean timed = factory.readsLatency() || observer.readsLatency();
        members.forEach(member -> member.setTimed(timed));
        List<Layout.Candidate> candidates = arranged.layout().candidates();
        candidates.forEach(candidate -> candidate.member().setWeight(candidate.weight()));
        List<EndpointView> endpoints =
                candidates.stream().<EndpointView>map(Layout.Candidate::member).toList();
        PickerFactory.Input input =
                new PickerFactory.Input(endpoints, engine.random(), engine.clock(), previous(factory));
        Picker picker;
        try {
            picker = factory.newPicker(input);
        } catch (RuntimeException | LinkageError e) {
            return rejecting(failed(factory, endpoints.size(), e));
        }
        lastFailure = "";
        lastPolicy = factory.name();
        lastPicker = picker;
        observer.pickerPublished(target, factory.name(), endpoints.size());
        Picker gate = new Gate(picker, endpoints.toArray(EndpointView[]::new), engine.random());
        return factory.mayReject() ? new ToldRejections(gate, target, observer) : gate;
    }

    /** The last picker, if the same policy made it: its settings may have changed. */
    private @Nullable Picker previous(PickerFactory factory) {
        return factory.name().equals(lastPolicy) ? lastPicker : null;
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

    /** A picker that answers everyone alike, and tells the observer each time. */
    public Picker rejecting(Rejection rejection) {
        lastRejection = rejection;
        return new Rejecting(target, rejection, observer);
    }

    /** What the picker made last tells every request, or null if it gives endpoints. */
    public @Nullable Rejection lastRejection() {
        return lastRejection;
    }

    private Rejection rejection(Place emptiedAt, @Nullable Unresolved nothingUsable) {
        if (emptiedAt == Place.ELIGIBLE) {
            return nothingUsable == null
                    ? new Rejection(
                            Reason.NO_ENDPOINTS, target + ": no endpoint is usable; check the readiness of its pods")
                    : Rejection.of(nothingUsable);
        }
        if (emptiedAt == Place.WEIGHT) {
            return new Rejection(
                    Reason.NO_ENDPOINTS,
                    target + ": all quiesced, every usable endpoint has weight 0; give one of them a weight above 0");
        }
        return new Rejection(
                Reason.ALL_EJECTED, target + ": health keeps every usable endpoint out; see why each was ejected");
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
