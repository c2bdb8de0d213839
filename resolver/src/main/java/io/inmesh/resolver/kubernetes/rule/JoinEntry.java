package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import java.util.Comparator;

/**
 * What one slice says of one endpoint of one port. Made for those that come, go or are preferred; the many that stay are kept as columns by
 * {@link SliceJoin}.
 *
 * @param key of the address: holds it whole or nearly so
 * @param joined what is said; another object in every part, so it stands for the entry
 * @param part where it is said
 */
record JoinEntry(long key, JoinedEndpoint joined, JoinPart part) {
    /**
     * Which of two entries with the same address and number stays (the smaller): one that is not terminating (rule A-7), else the
     * ready one, else the serving one, else that of the slice with the higher version, else of the lower name (rule A-8); inside one slice the
     * first. Never remembered, since a version may change where nothing else does.
     */
    static final Comparator<JoinEntry> PREFERRED = Comparator.comparing(
                    (JoinEntry entry) -> entry.joined.endpoint().terminating())
            .thenComparing(entry -> !entry.joined.endpoint().ready())
            .thenComparing(entry -> !entry.joined.endpoint().serving())
            .thenComparing((one, other) -> ResourceVersions.order(
                    other.part.slice().version(), one.part.slice().version()))
            .thenComparing(entry -> entry.part.slice().id().name())
            .thenComparingInt(entry -> entry.part.slice().ports().indexOf(entry.part.port()))
            .thenComparingInt(entry -> entry.part.indexOf(entry.joined));

    /** By address and number. */
    static final Comparator<JoinEntry> BY_ADDRESS =
            (one, other) -> compare(one.key, one.joined, other.key, other.joined);

    static JoinEntry of(JoinedEndpoint joined, JoinPart part) {
        return new JoinEntry(AddressOrder.key(joined.endpoint().address()), joined, part);
    }

    /** By address and number. Keys decide nearly always, so nothing else is looked at before. */
    static int compare(long key, JoinedEndpoint one, long otherKey, JoinedEndpoint other) {
        return key != otherKey ? Long.compare(key, otherKey) : compare(one, other);
    }

    private static int compare(JoinedEndpoint one, JoinedEndpoint other) {
        int byAddress =
                AddressOrder.compare(one.endpoint().address(), other.endpoint().address());
        return byAddress != 0 ? byAddress : Integer.compare(one.port(), other.port());
    }
}
