package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.source.Trouble;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides what follows when a watch or its list is refused: whether the version is the reason, so that all that exists has to be asked for,
 * or how lists are asked for, or whether it is a trouble that has to be told.
 *
 * <p>Threads: the lane.
 */
final class Refusals {
    private final WatchedResource<?> resource;
    private final ApiTransport api;
    private final Position position;
    private final ListChoice lists;
    private final Relists relists;
    private final Backoff backoff;
    private boolean tokenTried; // Refused credentials were read again, and none was accepted since.

    /**
     * What follows.
     *
     * @param delay how long to wait before it is asked again
     * @param trouble what has to be told, or null
     */
    record Next(Duration delay, @Nullable Trouble trouble) {
        private static Next silently(Duration delay) {
            return new Next(delay, null);
        }
    }

    Refusals(
            WatchedResource<?> resource,
            ApiTransport api,
            Position position,
            ListChoice lists,
            Relists relists,
            Backoff backoff) {
        this.resource = resource;
        this.api = api;
        this.position = position;
        this.lists = lists;
        this.relists = relists;
        this.backoff = backoff;
    }

    /** The credentials were good enough for an answer. */
    void acceptedOnLane() {
        tokenTried = false;
    }

    /** It was refused; the position says from now on what has to be asked for. */
    Next onLane(Round<?> round, Refusal refusal, long nowNanos) {
        Duration health = round.healthOnLane();
        if (refusal.isUnauthorized() && !tokenTried) {
            tokenTried = true; // W-10: the transport reads the token again.
            return Next.silently(Duration.ZERO);
        }
        if (round.kind() == RoundKind.STREAMED_LIST && position.isListDue() && refusal.isMalformed()) {
            lists.missingOnLane(refusal.message());
            return Next.silently(Duration.ZERO);
        }
        if (refusal.isTooOld() && !position.isListDue()) { // W-5
            boolean pause = relists.areTooManyOnLane(round.workedOnLane(), nowNanos);
            position.listAgain();
            relists.dueOnLane();
            return Next.silently(pause ? backoff.next(health) : Duration.ZERO);
        }
        if (round.kind() == RoundKind.PROOF
                && refusal.isForbidden()) { // Who may watch may perhaps not list: the watch goes on unproved.
            position.unprovable(nowNanos);
            return Next.silently(Duration.ZERO);
        }
        boolean versioned = position.version() != null;
        if (versioned && (refusal.isTooOld() || refusal.versionTooLarge() || refusal.isMalformed())) {
            position.listAnew(); // W-6: the version was refused, so take whatever is the most recent one.
            return Next.silently(backoff.after(refusal, health));
        }
        String verb = round.kind() == RoundKind.LIST || round.kind() == RoundKind.PROOF ? "list" : "watch";
        Trouble trouble = ApiTroubles.refused(api.url(), resource, verb, refusal);
        boolean perhapsBrief = versioned || backoff.isAfterFailures();
        return new Next(perhapsBrief ? backoff.afterServed(refusal, health) : backoff.after(refusal, health), trouble);
    }
}
