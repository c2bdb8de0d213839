package io.inmesh.balancer.eject;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.config.EjectConfig;
import io.inmesh.balancer.state.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a service port are ejected, and until when (gRFC A50, Envoy's outlier detection, with failures in a row besides). It is told what
 * happens and how late it is; what it decides depends on nothing else, but for the jitter.
 *
 * <p>An endpoint whose time is over is on trial: it gets a few requests at a time, and as many in a row have to go well before it is trusted again. One
 * that fails ejects it anew at once. Overload and cancellation decide nothing.
 *
 * <p>Before each ejection it is asked whether the share of those out, those on trial among them, has reached the cap; so one more may be out than the
 * cap says. The last one that serves is never ejected, whatever it does: there would be nobody to do better. One on trial that no request has reached
 * for an interval is none of those out: some policies send everything to the one that took its place, and if that fails in turn, it is the better choice.
 *
 * <p>Threads: one lane.
 */
public final class EjectionPlan {
    private final EjectConfig config;
    private final SuccessRate successRate;
    private final FailurePercentage failurePercentage;
    private final Function<String, Tally> tallies;
    private final RandomGenerator random;
    private final Judge judge;
    private final TrackedEndpoints tracked = new TrackedEndpoints();

    /** Hears what is decided. */
    public interface Judge {
        /** It is out for that long. */
        void out(Endpoint endpoint, String why, Duration howLong);

        /**
         * Its time is over, and it is tried.
         *
         * @param round to be given back with the outcome of each trial request
         */
        void onTrial(Endpoint endpoint, String why, int round);

        /** It is trusted again. */
        void restored(Endpoint endpoint);
    }

    /**
     * Of no endpoint yet.
     *
     * @param tallies what has been counted until now on the endpoint of that id
     * @param random for the jitter
     */
    public EjectionPlan(EjectConfig config, Function<String, Tally> tallies, RandomGenerator random, Judge judge) {
        this.config = config;
        this.successRate = new SuccessRate(config.rates());
        this.failurePercentage = new FailurePercentage(config.rates());
        this.tallies = tallies;
        this.random = random;
        this.judge = judge;
    }

    /** The endpoints there are; of those that are gone nothing is kept. What newcomers did before they came does not count. */
    public void endpoints(List<Endpoint> endpoints) {
        tracked.update(endpoints, newcomer -> new Tracked(newcomer, config.back(), tallies.apply(newcomer.id())));
    }

    /**
     * The same, where this plan follows another one by other rules: newcomers that the other knows stand as they do there, times and multipliers
     * included. Trials go on under this plan, and are told anew.
     */
    public void endpoints(List<Endpoint> endpoints, EjectionPlan previous) {
        List<Tracked> onTrial = new ArrayList<>();
        tracked.update(endpoints, newcomer -> {
            Tracked now = new Tracked(newcomer, config.back(), tallies.apply(newcomer.id()));
            Tracked before = previous.tracked.get(newcomer.id());
            if (before != null) {
                now.takeOver(before);
                if (now.state() == Tracked.State.TRIAL) {
                    onTrial.add(now);
                }
            }
            return now;
        });
        onTrial.forEach(each -> judge.onTrial(each.endpoint(), each.why(), each.round()));
    }

    /** True if an interval's end can change something: rates can be compared, or an ejection of the past fades. */
    public boolean isSwept() {
        boolean comparable =
                config.rates().isOn() && tracked.size() >= config.rates().minHosts();
        return comparable || anyRemembers();
    }

    private boolean anyRemembers() {
        for (Tracked each : tracked) {
            if (each.backoff().remembers()) {
                return true;
            }
        }
        return false;
    }

    /** Begins an interval: what was counted before does not count. */
    public void begin() {
        tracked.forEach(this::take);
    }

    private Tally take(Tracked each) {
        return each.take(tallies.apply(each.endpoint().id()));
    }

    /** An interval is over: rates are compared, and those that passed it in health forget one ejection. */
    public void sweep(long nowNanos) {
        List<Tracked> compared = new ArrayList<>();
        List<Tally> counted = new ArrayList<>();
        tracked.forEach(each -> {
            Tally since = take(each);
            if (each.isServing()) {
                compared.add(each);
                counted.add(since);
            }
        });
        findings(counted).forEach((index, why) -> eject(compared.get(index), why, nowNanos));
        compared.stream().filter(each -> each.state() == Tracked.State.HEALTHY).forEach(each -> each.backoff()
                .swept());
    }

    /** Whom the rules speak against, the worst first, each once. */
    private Map<Integer, String> findings(List<Tally> counted) {
        List<Finding> found = new ArrayList<>();
        for (Function<Tally, Calls> view : views()) {
            List<Calls> calls = counted.stream().map(view).toList();
            found.addAll(successRate.findings(calls));
            found.addAll(failurePercentage.findings(calls));
        }
        found.sort(
                Comparator.comparingDouble(Finding::rate)); // Of equals the first, in canonical order and rule by rule.
        Map<Integer, String> worstFirst = new LinkedHashMap<>();
        found.forEach(each -> worstFirst.putIfAbsent(each.index(), each.why()));
        return worstFirst;
    }

    private List<Function<Tally, Calls>> views() {
        return config.rows().splitLocalOrigin() ? List.of(Calls::answered, Calls::reached) : List.of(Calls::all);
    }

    /** An endpoint failed so often in a row that a rule speaks against it. */
    public void failedInARow(String id, String why, long nowNanos) {
        Tracked found = tracked.get(id);
        if (found != null && found.isServing()) {
            eject(found, why, nowNanos);
        }
    }

    private void eject(Tracked which, String why, long nowNanos) {
        int usable = 0;
        int serving = 0;
        int idle = 0;
        for (Tracked each : tracked) {
            usable += each.isUsable() ? 1 : 0;
            serving += each.isServing() ? 1 : 0;
            idle += each.isIdle(nowNanos, config.interval()) ? 1 : 0;
        }
        boolean capped = (usable - serving - idle) * 100L >= (long) config.maxPercent() * usable;
        if (!capped && serving + idle > 1) {
            ejectAnyway(which, why, nowNanos);
        }
    }

    private void ejectAnyway(Tracked which, String why, long nowNanos) {
        Duration howLong = which.backoff().ejected().plus(jitter());
        which.eject(why, nowNanos + howLong.toNanos());
        judge.out(which.endpoint(), why, howLong);
    }

    private Duration jitter() {
        long most = config.back().jitter().toMillis();
        return most == 0 ? Duration.ZERO : Duration.ofMillis(random.nextLong(most + 1));
    }

    /** Those whose time is over are tried. */
    public void release(long nowNanos) {
        for (Tracked each : tracked) {
            if (each.isOver(nowNanos)) {
                each.tryIt(nowNanos);
                judge.onTrial(each.endpoint(), each.why(), each.round());
            }
        }
    }

    /** When the next one's time is over, by the clock that ejections were told by; null if nobody is out. */
    public @Nullable Long nextRelease() {
        Long next = null;
        for (Tracked each : tracked) {
            if (each.state() == Tracked.State.OUT && (next == null || each.untilNanos() - next < 0)) {
                next = each.untilNanos();
            }
        }
        return next;
    }

    /** A request of a trial ended so. */
    public void tried(String id, int round, Outcome outcome, long nowNanos) {
        Tracked found = tracked.get(id);
        if (found == null || found.state() != Tracked.State.TRIAL || found.round() != round) {
            return;
        }
        found.heardOf(nowNanos);
        if (outcome instanceof Outcome.Failure || outcome instanceof Outcome.Timeout) {
            // It has been out all the time, as far as the cap is concerned.
            ejectAnyway(found, "it failed when it was tried again, with " + outcome, nowNanos);
        } else if (Outcome.isAnswer(outcome) && found.pass() >= config.back().trials()) {
            found.restore(tallies.apply(id));
            judge.restored(found.endpoint());
        }
    }
}
