package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
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
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.pick.Gate;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
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
    private final Affinity affinity;
    private final Limits limits = new Limits();

    private String lastFailure = "";
    private boolean keysPartedSaid;

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
        this.affinity = new Affinity(engine.clock());
    }

    /** A picker as requests meet it, and all that it was made from. */
    private record InUse(
            Picker picker,
            Picker inside,
            List<Layout.Candidate> heldBack,
            @Nullable Rejection full,
            BalancerConfig config,
            EndpointSet set) {
        boolean isMadeFrom(
                Picker otherInside,
                Layout layout,
                @Nullable Rejection otherFull,
                BalancerConfig otherConfig,
                EndpointSet otherSet) {
            return inside == otherInside
                    && Objects.equals(full, otherFull)
                    && heldBack.equals(layout.heldBack())
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
     */
    public record Assembled(
            Picker picker,
            @Nullable Rejection rejection,
            @Nullable Duration holds) {}

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
        Pipeline.Arranged arranged = pipeline(balancing, situation).arrange(layoutOf(members));
        Duration holds = arranged.layout().holds();
        Place emptiedAt = arranged.emptiedAt();
        if (emptiedAt != null) {
            return rejecting(rejection(emptiedAt, set, situation), members, balancing, holds);
        }
        boolean timed = policy.readsLatency() || observer.readsLatency();
        members.forEach(member -> member.setTimed(timed));
        Picker inside;
        try {
            inside = composition.pickerOf(arranged.layout(), policy);
        } catch (RuntimeException | LinkageError e) {
            return rejecting(failed(policy, arranged.layout().serving().size(), e), members, balancing, holds);
        }
        lastFailure = "";
        Rejection full =
                limits.heed(members, arranged.layout(), balancing.config().limit());
        InUse now = inUse;
        // Who stays with an endpoint depends on connections too, of which this does not hear: then it is made anew.
        boolean same = now != null
                && !affinity.isOn(set, balancing.config())
                && now.isMadeFrom(inside, arranged.layout(), full, balancing.config(), set);
        if (now == null || !same) {
            now = around(inside, arranged.layout(), full, members, balancing, set);
            inUse = now;
            observer.pickerPublished(
                    target, balancing.name(), arranged.layout().serving().size());
        }
        return new Assembled(now.picker(), null, holds);
    }

    private InUse around(
            Picker inside,
            Layout layout,
            @Nullable Rejection full,
            Collection<? extends Member> members,
            Balancing balancing,
            EndpointSet set) {
        List<Layout.Candidate> heldBack = layout.heldBack();
        Picker gate = new Gate(inside, views(layout.serving()), views(heldBack), engine.random(), full);
        Picker staying = affinity.over(gate, members, set, balancing.config());
        Picker capped = limits.around(staying, members, balancing.config().limit());
        boolean rejects = balancing.policy().mayReject() || full != null || capped != staying;
        Picker told = rejects ? new ToldRejections(capped, target, observer) : capped;
        return new InUse(told, inside, heldBack, full, balancing.config(), set);
    }

    private static EndpointView[] views(List<Layout.Candidate> candidates) {
        return candidates.stream().map(Layout.Candidate::member).toArray(EndpointView[]::new);
    }

    /** Those that requests may be sent to, now or once they are healthy: what a door of lasting connections connects to. */
    public Set<Member> reached(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        Situation situation = engine.situation(set, balancing.policy().followsKey());
        Pipeline.Arranged arranged =
                pipeline(balancing, situation).upTo(Place.SUBSET).arrange(layoutOf(members));
        Set<Member> reached = Collections.newSetFromMap(new IdentityHashMap<>());
        arranged.layout().candidates().forEach(candidate -> reached.add(candidate.member()));
        return reached;
    }

    /** Those whose health matters here: all, or this process's part of them and whoever stands in for its ejected ones. */
    public List<Endpoint> watched(Collection<? extends Member> members, EndpointSet set, Balancing balancing) {
        if (balancing.config().subset().mode() == SubsetConfig.Mode.OFF) {
            return set.endpoints();
        }
        Set<Member> part = reached(members, set, balancing);
        return members.stream().filter(part::contains).map(Member::endpoint).toList();
    }

    /** With what code says of weights from the beginning: stages ask who has any. */
    private Layout layoutOf(Collection<? extends Member> members) {
        return engine.baseWeights().apply(Layout.of(members));
    }

    private Pipeline pipeline(Balancing balancing, Situation situation) {
        notices.tell(balancing.config().locality(), situation);
        SubsetConfig.Mode subset = balancing.config().subset().mode();
        if (situation.followsKey() && subset != SubsetConfig.Mode.OFF && !keysPartedSaid) {
            keysPartedSaid = true;
            log.info(
                    "{}: policy '{}' sends a key to the same endpoint from this process alone, because subset.mode gives each process"
                            + " endpoints of its own; set subset.mode to off if a key shall find the same one from everywhere",
                    target,
                    balancing.name());
        }
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
        return new Assembled(sessionsOr(rejecting(rejection), members, balancing), rejection, holds);
    }

    /** A picker, or one around it that gives strong sessions their endpoints first. */
    public Picker sessionsOr(Picker picker, Collection<? extends Member> members, Balancing balancing) {
        return affinity.sessions(picker, members, balancing.config());
    }

    /** A picker that answers everyone alike, and tells the observer each time. */
    public Picker rejecting(Rejection rejection) {
        return new Rejecting(target, rejection, observer);
    }

    private Rejection rejection(Place emptiedAt, EndpointSet set, Situation situation) {
        Unresolved nothingUsable = set.nothingUsable();
        return switch (emptiedAt) {
            case ELIGIBLE ->
                nothingUsable == null
                        ? new Rejection(
                                Reason.NO_ENDPOINTS,
                                target + ": no endpoint is usable; check the readiness of its pods")
                        : Rejection.of(nothingUsable);
            case GROUP, LOCALITY_SHARE ->
                new Rejection(Reason.NO_LOCAL_ENDPOINTS, target + ": " + PlaceNotices.nothingLocal(situation.client()));
            case WEIGHT, QUIESCED ->
                new Rejection(
                        Reason.NO_ENDPOINTS,
                        target
                                + ": all quiesced, every usable endpoint has weight 0, its own or its zone's (locality.weights); give one of them a weight above 0");
            case ROUTE, SUBSET, IN_PLAY, PRIORITY_LOAD, HEALTH ->
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
