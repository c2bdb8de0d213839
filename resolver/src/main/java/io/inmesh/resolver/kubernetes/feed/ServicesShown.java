package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.feed.ServicesInUse.InUse;
import java.util.Set;

/**
 * What is shown of the services of a {@link NamespaceWatch}, from whichever watch shows each.
 *
 * <p>Threads: the lane.
 */
final class ServicesShown<K, T, V> {
    private final ServicesInUse<K, T, V> entries;

    ServicesShown(ServicesInUse<K, T, V> entries) {
        this.entries = entries;
    }

    /** A list of that watch is about to be asked for. */
    void askingOnLane(ServicesWatch<K, T, V> watch) {
        for (K service : watch.servicesOnLane()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && entry.by != watch) {
                watch.shownWhenAskedOnLane(service, entry.shown.version());
            }
        }
    }

    /** A watch says that of these something may be different. */
    void changedOnLane(ServicesWatch<K, T, V> watch, Set<K> changed) {
        for (K service : changed) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && entry.by == watch) {
                tellOnLane(service, entry, watch, false);
            }
        }
    }

    /** What a watch knows, unless what it cannot read hides it: then what was shown before stays. */
    void tellOnLane(K service, InUse<K, T, V> entry, ServicesWatch<K, T, V> from, boolean listed) {
        if (!from.isObscuredOnLane(service) && listed) {
            entry.shown.listed(from.versionOnLane(), from.ofOnLane(service));
        } else if (!from.isObscuredOnLane(service)) {
            entry.shown.changed(from.versionOnLane(), from.ofOnLane(service));
        }
        entry.shown.troubled(from.troubleOnLane(service));
    }

    /** From a watch that has just listed what another showed before, if any did. */
    void showOnLane(K service, InUse<K, T, V> entry, ServicesWatch<K, T, V> from) {
        ServicesWatch<K, T, V> before = entry.by;
        if (before != null && before != from) {
            from.learnOnLane(service, before);
        }
        takeOnLane(service, entry, from, from);
    }

    /** It is shown by that watch from now on, beginning with what it lists, or another listed for it. */
    void takeOnLane(K service, InUse<K, T, V> entry, ServicesWatch<K, T, V> by, ServicesWatch<K, T, V> list) {
        entry.by = by;
        by.carryOnLane(service, entry.shown);
        ServicesWatch<K, T, V> newest = by.isBehindOnLane(service) ? list : by;
        if (!newest.isObscuredOnLane(service)) {
            String asked = list.shownWhenAskedOnLane(service);
            entry.shown.tookOver(newest.versionOnLane(), newest.ofOnLane(service), asked);
        }
    }
}
