package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.feed.ServicesInUse.InUse;
import io.inmesh.resolver.kubernetes.watch.ListWatch;

/**
 * Begins and ends the watches that each serve one service of a {@link NamespaceWatch}, and the lists with which services join a wide one.
 *
 * <p>Threads: the lane.
 */
final class OwnWatches<K, T, V> {
    private final WatchedKind<K, T, V> kind;
    private final ListWatch.Place place;
    private final ServicesWatch.Hearing<K, T, V> hearing;
    private final ServicesInUse<K, T, V> entries;
    private final RunningWatches running;

    OwnWatches(
            WatchedKind<K, T, V> kind,
            ListWatch.Place place,
            ServicesWatch.Hearing<K, T, V> hearing,
            ServicesInUse<K, T, V> entries,
            RunningWatches running) {
        this.kind = kind;
        this.place = place;
        this.hearing = hearing;
        this.entries = entries;
        this.running = running;
    }

    /** That one. */
    void watchAloneOnLane(K service) {
        InUse<K, T, V> entry = entries.get(service);
        if (entry != null) {
            beginOnLane(service, entry, ServicesWatch.narrow(kind, service, place, hearing));
        }
    }

    /** Each that has no watch of its own. */
    void watchAllAloneOnLane() {
        for (K service : entries.names()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && entry.own == null) {
                watchAloneOnLane(service);
            }
        }
    }

    /** That one joins a wide watch. */
    void joinOnLane(K service, ServicesWatch<K, T, V> wide) {
        InUse<K, T, V> entry = entries.get(service);
        if (entry != null) {
            entry.joins = true;
            beginOnLane(service, entry, ServicesWatch.joining(wide, service, place, hearing));
        }
    }

    private void beginOnLane(K service, InUse<K, T, V> entry, ServicesWatch<K, T, V> own) {
        entry.own = own;
        if (entry.by == null && !entry.shown.isKnown()) {
            own.carryOnLane(service, entry.shown); // Else it stands on what it was shown from, and is as old as that.
        }
        running.startOnLane(own);
    }

    /** The wide watch that some are about to join is none any more. */
    void endJoinsOnLane() {
        for (K service : entries.joining()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null) {
                endOnLane(entry);
            }
        }
    }

    /** That one's own, if it has one. */
    void endOnLane(InUse<K, T, V> entry) {
        if (entry.own != null) {
            running.endOnLane(entry.own);
        }
        entry.own = null;
        entry.joins = false;
    }
}
