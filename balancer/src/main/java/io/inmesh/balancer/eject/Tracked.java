package io.inmesh.balancer.eject;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.EjectReturn;
import io.inmesh.balancer.state.Tally;
import java.time.Duration;

/**
 * One endpoint as outlier detection sees it.
 *
 * <p>Threads: one lane.
 */
final class Tracked {
    private final Backoff backoff;
    private Endpoint endpoint;
    private State state = State.HEALTHY;
    private Tally last;
    private String why = "";

    /** Until when it is out. */
    private long untilNanos;

    /** Counts its trials, so that a request of an earlier one is told from those of this. */
    private int round;

    /** Requests of this trial that went well. */
    private int passed;

    /** When a request of this trial was heard of last, or it began. */
    private long heardNanos;

    /** Where it stands among all, and since which update. */
    private int place = -1;

    private int update;

    /** Where it stands. */
    enum State {
        HEALTHY,
        OUT,
        TRIAL
    }

    Tracked(Endpoint endpoint, EjectReturn times, Tally now) {
        this.endpoint = endpoint;
        this.backoff = new Backoff(times);
        this.last = now;
    }

    /** It stands as it did under other rules. */
    void takeOver(Tracked before) {
        backoff.takeOver(before.backoff);
        state = before.state;
        why = before.why;
        untilNanos = before.untilNanos;
        round = before.round;
        passed = before.passed;
        heardNanos = before.heardNanos;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    void update(Endpoint newer) {
        endpoint = newer;
    }

    /** As of its last update; -1 before the first. */
    int place() {
        return place;
    }

    /** Its place from that update on; false if it has one already. */
    boolean moveTo(int newPlace, int at) {
        if (update == at) {
            return false;
        }
        place = newPlace;
        update = at;
        return true;
    }

    /** True if it was there at that update. */
    boolean isOf(int at) {
        return update == at;
    }

    State state() {
        return state;
    }

    Backoff backoff() {
        return backoff;
    }

    String why() {
        return why;
    }

    int round() {
        return round;
    }

    /** True if it may be picked, as far as the cluster is concerned: only such ones count. */
    boolean isUsable() {
        return endpoint.usability().isUsable() && endpoint.weight() > 0;
    }

    /** True if it is one of those that carry the load. */
    boolean isServing() {
        return isUsable() && state == State.HEALTHY;
    }

    /** What it did since the last time this was asked. */
    Tally take(Tally now) {
        Tally since = now.since(last);
        last = now;
        return since;
    }

    void eject(String reason, long until) {
        state = State.OUT;
        why = reason;
        untilNanos = until;
    }

    boolean isOver(long nowNanos) {
        return state == State.OUT && nowNanos - untilNanos >= 0;
    }

    long untilNanos() {
        return untilNanos;
    }

    void tryIt(long nowNanos) {
        state = State.TRIAL;
        round++;
        passed = 0;
        heardNanos = nowNanos;
    }

    /** A request of the trial was heard of. */
    void heardOf(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** True if it is on trial, and for so long no request has been heard of: the policy has better ones. */
    boolean isIdle(long nowNanos, Duration since) {
        return isUsable() && state == State.TRIAL && nowNanos - heardNanos >= since.toNanos();
    }

    /** One more request of the trial went well; how many have. */
    int pass() {
        return ++passed;
    }

    /** It is trusted again; what it did meanwhile does not count. */
    void restore(Tally now) {
        state = State.HEALTHY;
        last = now;
    }
}
