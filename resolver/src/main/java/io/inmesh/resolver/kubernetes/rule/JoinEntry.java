package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.Comparator;

/**
 * What one slice says of one endpoint of one port, at its place among what all slices say.
 *
 * <p>Threads: those of its {@link SliceJoin}.
 */
final class JoinEntry {
    /**
     * Which of two entries with the same address and number stays (the smaller): one that is not terminating (rule A-7), else the
     * ready one, else the serving one, else that of the slice with the higher version, else of the lower name (rule A-8); inside one slice the
     * first. Never remembered, since a version may change where nothing else does.
     */
    static final Comparator<JoinEntry> PREFERRED = Comparator.comparing(
                    (JoinEntry entry) -> entry.endpoint.terminating())
            .thenComparing(entry -> !entry.endpoint.ready())
            .thenComparing(entry -> !entry.endpoint.serving())
            .thenComparing((one, other) -> ResourceVersions.order(
                    other.part.slice().version(), one.part.slice().version()))
            .thenComparing(entry -> entry.part.slice().id().name())
            .thenComparingInt(entry -> entry.part.slice().ports().indexOf(entry.part.port()))
            .thenComparingInt(entry -> entry.part.indexOf(entry));

    private static final Comparator<JoinEntry> TIED = Comparator.comparing(JoinEntry::address, AddressOrder::compare)
            .thenComparingInt(entry -> entry.part.port().number());

    /** By address and number. Keys decide nearly always, so there is no chain of calls around them. */
    static final Comparator<JoinEntry> BY_ADDRESS = (one, other) -> {
        int byKey = Long.compare(one.key, other.key);
        return byKey != 0 ? byKey : TIED.compare(one, other);
    };

    private final long key; // Of the address: holds it whole or nearly so.
    private final SliceEndpoint endpoint;
    private final JoinPart part;
    private boolean gone;

    JoinEntry(SliceEndpoint endpoint, JoinPart part) {
        this.key = AddressOrder.key(endpoint.address());
        this.endpoint = endpoint;
        this.part = part;
    }

    private String address() {
        return endpoint.address();
    }

    SliceEndpoint endpoint() {
        return endpoint;
    }

    boolean isAt(JoinEntry other) {
        return key == other.key
                && part.port().number() == other.part.port().number()
                && address().equals(other.address());
    }

    /** Its slice says it no more. */
    void leave() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    JoinedEndpoint joined() {
        return new JoinedEndpoint(endpoint, part.port().number(), part.port().appProtocol());
    }
}
