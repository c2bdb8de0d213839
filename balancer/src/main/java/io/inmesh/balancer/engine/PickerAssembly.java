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

/**
 * The step from members to a picker, the same for every door: stages, policy, gate. Remembers the last picker, so that a policy's sequence
 * goes on.
 *
 * <p>Threads: one balancer's lane.
 */
public final class PickerAssembly {
    private final Engine engine;
    private final Target target;
    private final BalancerObserver observer;
    private final Pipeline pipeline = Pipeline.standard();

    private @Nullable Rejection lastRejection;
    private @Nullable PickerFactory lastFactory;
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
        Picker picker = factory.newPicker(new PickerFactory.Input(
                endpoints, engine.random(), engine.clock(), factory == lastFactory ? lastPicker : null));
        lastFactory = factory;
        lastPicker = picker;
        observer.pickerPublished(target, factory.name(), endpoints.size());
        return new Gate(picker, endpoints.toArray(EndpointView[]::new), engine.random());
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
