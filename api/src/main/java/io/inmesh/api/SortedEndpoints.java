package io.inmesh.api;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints of which it is known that they are in the order of an {@link EndpointSet} and each id stands once, so that a set takes them as
 * they are. Under churn a large set is made many times a second, and nearly all of each is what it was: {@link #next} looks only at
 * what is new. Equal to any list of the same endpoints; never changes.
 *
 * <p>Threads: any.
 */
@Internal
public final class SortedEndpoints extends AbstractList<Endpoint> implements RandomAccess {
    /** None at all. */
    public static final SortedEndpoints NONE = new SortedEndpoints(new Endpoint[0], new int[0]);

    /** Where more than one in so many is new, looking at all of them costs no more. */
    private static final int FEW = 8;

    /** So many bits of the filter for each new id: hardly any other id passes it by chance. */
    private static final int FILTER_BITS = 256;

    private final Endpoint[] endpoints;
    private final int[] hashes; // Of the ids, so that a new one is compared with few of them.

    private SortedEndpoints(Endpoint[] endpoints, int[] hashes) {
        this.endpoints = endpoints;
        this.hashes = hashes;
    }

    /**
     * Those endpoints, sorted, each id once (of two, the first given stays). Cheap for those that are mostly the same objects as these and
     * in the same order.
     */
    public SortedEndpoints next(List<Endpoint> wanted) {
        Endpoint[] now = wanted.toArray(Endpoint[]::new);
        int[] nowHashes = new int[now.length];
        int[] came = came(now, nowHashes);
        boolean good = came != null && areInOrder(now, came) && areDistinct(now, nowHashes, came);
        return good ? new SortedEndpoints(now, nowHashes) : afresh(wanted);
    }

    private static SortedEndpoints afresh(List<Endpoint> wanted) {
        Endpoint[] sorted = CanonicalOrder.of(wanted).toArray(Endpoint[]::new);
        int[] hashes = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            hashes[i] = sorted[i].id().hashCode();
        }
        return new SortedEndpoints(sorted, hashes);
    }

    /**
     * Walks along both. Whoever is met stands in the order of these, whatever is found out about the others.
     *
     * @param nowHashes gets the hash of each id
     * @return the indices of those that are not met, or null if they are too many
     */
    @SuppressWarnings("ReferenceEquality") // The same object is all that is known already.
    private int @Nullable [] came(Endpoint[] now, int[] nowHashes) {
        int[] came = new int[Math.max(FEW, now.length / FEW)];
        int count = 0;
        int at = 0;
        for (int i = 0; i < now.length; i++) {
            Endpoint endpoint = now[i];
            if (at < endpoints.length && endpoints[at] != endpoint) {
                at = passed(at, endpoint);
            }
            if (at < endpoints.length && endpoints[at] == endpoint) {
                nowHashes[i] = hashes[at++];
            } else if (count < came.length) {
                nowHashes[i] = endpoint.id().hashCode();
                came[count++] = i;
            } else {
                return null;
            }
        }
        return Arrays.copyOf(came, count);
    }

    /** The first from there that is that one, or may come behind it. */
    @SuppressWarnings("ReferenceEquality")
    private int passed(int from, Endpoint endpoint) {
        int at = from;
        while (at < endpoints.length && endpoints[at] != endpoint && CanonicalOrder.isBefore(endpoints[at], endpoint)) {
            at++;
        }
        return at;
    }

    /** Those that did not come are in order, so each that did has only to stand right between its neighbours. */
    private static boolean areInOrder(Endpoint[] now, int[] came) {
        for (int i : came) {
            boolean behind = i == 0 || CanonicalOrder.isBefore(now[i - 1], now[i]);
            boolean before = i == now.length - 1 || CanonicalOrder.isBefore(now[i], now[i + 1]);
            if (!behind || !before) {
                return false;
            }
        }
        return true;
    }

    /** Only who came can have an id twice, and only with one whose hash is the same. */
    private static boolean areDistinct(Endpoint[] now, int[] nowHashes, int[] came) {
        if (came.length == 0) {
            return true;
        }
        long[] filter = new long[Integer.highestOneBit(came.length) * 2 * FILTER_BITS / Long.SIZE];
        int mask = filter.length * Long.SIZE - 1;
        for (int i : came) {
            int bit = bit(nowHashes[i], mask);
            filter[bit / Long.SIZE] |= 1L << bit;
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < now.length; i++) {
            int bit = bit(nowHashes[i], mask);
            if ((filter[bit / Long.SIZE] & 1L << bit) != 0 && !ids.add(now[i].id())) {
                return false;
            }
        }
        return true;
    }

    private static int bit(int hash, int mask) {
        return (hash ^ hash >>> 16) & mask;
    }

    @Override
    public Endpoint get(int index) {
        return endpoints[index];
    }

    @Override
    public int size() {
        return endpoints.length;
    }

    @Override
    public Object[] toArray() {
        return Arrays.copyOf(endpoints, endpoints.length, Object[].class);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SortedEndpoints sorted
                ? Arrays.equals(endpoints, sorted.endpoints)
                : super.equals(other);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(endpoints);
    }
}
