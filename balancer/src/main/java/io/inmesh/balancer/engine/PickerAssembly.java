package io.inmesh.balancer.engine;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.pick.Gate;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.state.LatencyTerms;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
    private final ToldFallback fallback;
    private final Composition composition;
    private final PlaceNotices notices;
    private final KeyNotices keyNotices;
    private final Affinity affinity;
    private final BaseWeights weights;
    private final Limits limits = new Limits();

    private String lastFailure = "";

    /** Told to members last. */
    private LatencyTerms latency = LatencyTerms.USUAL;

    /** What was told last, null if that was a rejection. */
    private @Nullable InUse inUse;

    /** Assembles for that target. */
    public PickerAssembly(Engine engine, Target target) {
        this.engine = engine;
        this.target = target;
        this.observer = engine.observer();
        this.fallback = new ToldFallback(target, observer, engine.scheduler());
        this.composition = new Composition(engine, fallback);
        this.notices = new PlaceNotices(target);
        this.keyNotices = new KeyNotices(target);
        this.affinity = new Affinity(engine.clock());
        this.weights = new BaseWeights(engine.baseWeights());
    }

    /** A picker as requests meet it, and all that it was made from. */
    private record InUse(
            Picker picker,
            Picker inside,
            List<EndpointView> heldBack,
            Affinity.Stayed stayed,
            @Nullable Rejection full,
            BalancerConfig config,
            EndpointSet set) {
        boolean isMadeFrom(
                Picker otherInside,
                List<EndpointView> otherHeldBack,
                Affinity.Stayed otherStayed,
                @Nullable Rejection otherFull,
                BalancerConfig otherConfig,
                EndpointSet otherSet) {
            return inside == otherInside
                    && Objects.equals(full, otherFull)
                    && heldBack.equals(otherHeldBack)
                    && stayed.equals(otherStayed)
                    && config.equals(otherConfig)
                    && set.facts().equals(otherSet.facts())
                    && set.endpoints().equals(otherSet.endpoints());
        }
    }

    /**
     * What was assembled.
     *
     * @param picker never null; where nothing can be picked, one that says why
     * @param rejection what that picker tells every request, or null if it gives endpoints
     * @param holds after how long it is to be assembled anew, though nothing was heard; null if only news change it
     * @param awaited whether there is nobody only because those that are meant are still being connected to: a door that can make requests wait
     *     does so
     */
    public record Assembled(
            Picker picker,
            @Nullable Rejection rejection,
            @Nullable Duration holds,
            boolean awaited) {

        private Assembled whileAwaited() {
            return new Assembled(picker, rejection, holds, true);
        }
    }

    /**
     * Makes a picker; where nothing has changed, gives the last one again and tells nobody.
     *
     * @param members every member, in canonical order
     * @param set what they were made from
     * @param balancing how they are to be balanced
     */
    public Assembled assemble(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        PickerFactory policy = balancing.policy();
        Situation situation = engine.situation(set, policy.followsKey());
        Layout all = weights.layoutOf(members);
        Pipeline pipeline = pipeline(balancing, situation);
        Pipeline.Arranged arranged = pipeline.arrange(all);
        Duration holds = arranged.layout().holds();
        Place emptiedAt = arranged.emptiedAt();
        if (emptiedAt != null) {
            Assembled nothing = rejecting(Emptied.at(emptiedAt, target, set, situation), members, balancing, holds);
            return isAnyoneAwaited(pipeline, all) ? nothing.whileAwaited() : nothing;
        }
        boolean timed = policy.readsLatency() || observer.readsLatency();
        latency = latency.orOf(balancing.config().latency());
        boolean overloadFails = balancing.config().eject().rows().overload();
        for (Member member : members) {
            member.setTimed(timed);
            member.setLatency(latency);
            member.setOverloadFails(overloadFails);
        }
        Picker inside;
        try {
            Layout whole = policy.knowsUnavailable() ? whole(pipeline, all) : null;
            inside = composition.pickerOf(arranged.layout(), whole, policy);
        } catch (RuntimeException | LinkageError e) {
            return rejecting(failed(policy, arranged.layout().serving().size(), e), members, balancing, holds);
        }
        lastFailure = "";
        Rejection full =
                limits.heed(members, arranged.layout(), balancing.config().limit());
        InUse now = inUse;
        List<EndpointView> heldBack =
                List.of(Composition.views(arranged.layout().heldBack()));
        Affinity.Stayed stayed =
                affinity.stayed(members, set, balancing.config(), member -> hasWeight(member, balancing));
        if (now == null || !now.isMadeFrom(inside, heldBack, stayed, full, balancing.config(), set)) {
            Picker told = around(inside, arranged.layout(), heldBack, stayed, full, members, balancing);
            now = new InUse(told, inside, heldBack, stayed, full, balancing.config(), set);
            inUse = now;
            observer.pickerPublished(
                    target, balancing.name(), arranged.layout().serving().size());
        }
        return new Assembled(now.picker(), null, holds, false);
    }

    private Picker around(
            Picker inside,
            Layout layout,
            List<EndpointView> heldBack,
            Affinity.Stayed stayed,
            @Nullable Rejection full,
            Collection<? extends Member> members,
            Balancing balancing) {
        EndpointView[] others = heldBack.toArray(EndpointView[]::new);
        Picker gate = new Gate(inside, Composition.views(layout.serving()), others, engine.random(), full);
        Picker staying = affinity.over(gate, stayed);
        Picker capped = limits.around(staying, members, balancing.config().limit());
        boolean rejects = balancing.policy().mayReject() || full != null || capped != staying;
        return rejects ? new ToldRejections(capped, target, observer) : capped;
    }

    /** True if of somebody who may get requests it is not known yet whether he can be reached. */
    private static boolean isAnyoneAwaited(Pipeline pipeline, Layout all) {
        for (Layout.Candidate candidate :
                pipeline.upTo(Place.SUBSET).arrange(all).layout().candidates()) {
            if (candidate.hasWeight() && !candidate.member().isInPlay()) {
                return true;
            }
        }
        return false;
    }

    /** The groups as they would be if everyone were healthy and connected to. */
    private static Layout whole(Pipeline pipeline, Layout all) {
        return pipeline.without(Place.AWAITED, Place.IN_PLAY, Place.PRIORITY_LOAD, Place.HEALTH)
                .arrange(all)
                .layout();
    }

    /** Those that requests may be sent to, now or once they are healthy: what a door of lasting connections connects to. */
    public Set<Member> reached(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        Situation situation = engine.situation(set, balancing.policy().followsKey());
        Pipeline.Arranged arranged =
                pipeline(balancing, situation).upTo(Place.SUBSET).arrange(weights.layoutOf(members));
        Set<Member> reached = Collections.newSetFromMap(new IdentityHashMap<>());
        arranged.layout().candidates().forEach(candidate -> reached.add(candidate.member()));
        return reached;
    }

    /**
     * Those whose health matters here: all, or this process's part of them and whoever stands in for its ejected ones. Who is quiesced has weight 0,
     * for health must not count on him.
     */
    public List<Endpoint> watched(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        BalancerConfig config = balancing.config();
        if (config.subset().mode() == SubsetConfig.Mode.OFF) {
            return weights.endpointsOf(members, member -> true, config);
        }
        return weights.endpointsOf(members, reached(members, set, balancing)::contains, config);
    }

    /** True if code and zones leave it a weight: who is quiesced gets no new request, not of those either that stay with him. */
    public boolean hasWeight(Member member, Balancing balancing) {
        return weights.hasWeight(member, balancing.config());
    }

    private Pipeline pipeline(Balancing balancing, Situation situation) {
        notices.tell(balancing.config().locality(), situation);
        keyNotices.tell(balancing, situation);
        return Stages.of(balancing.config(), situation, fallback);
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

    private Assembled rejecting(
            Rejection rejection, Collection<? extends Member> members, Balancing balancing, @Nullable Duration holds) {
        inUse = null;
        composition.keepOnly(members);
        Picker untold = sessionsOr(new Saying(rejection), members, balancing);
        return new Assembled(new Rejecting(target, untold, observer), rejection, holds, false);
    }

    /** A picker, or one around it that gives strong sessions their endpoints first. */
    public Picker sessionsOr(Picker picker, Collection<? extends Member> members, Balancing balancing) {
        limits.heed(members, balancing.config().limit());
        return affinity.over(picker, affinity.sessions(members, balancing.config()));
    }

    /** The picker for one who only looks whom it would choose: a look is no request, so nobody is told that it was rejected. */
    public static Picker untold(Picker picker) {
        if (picker instanceof Rejecting rejecting) {
            return rejecting.inside;
        }
        return picker instanceof ToldRejections told ? told.inside() : picker;
    }

    /** A picker that answers everyone alike, and tells the observer each time. */
    public Picker rejecting(Rejection rejection) {
        return new Rejecting(target, new Saying(rejection), observer);
    }

    /** Says no, and tells nobody. */
    private record Saying(Rejection rejection) implements Picker {
        @Override
        public Rejection choose(PickContext context) {
            return rejection;
        }
    }

    /** Tells of each no that is said inside, which is the answer to everyone but strong sessions. */
    private record Rejecting(Target target, Picker inside, BalancerObserver observer) implements Picker {
        @Override
        public Choice choose(PickContext context) {
            Choice choice = inside.choose(context);
            if (choice instanceof Rejection rejection) {
                observer.rejected(target, rejection);
            }
            return choice;
        }
    }
}
