package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Exclusion;
import java.util.Arrays;

/**
 * A circle of points, each owned by an endpoint; a hash belongs to the first point at or behind it (Karger et al., 1997; {@code ring_hash} of
 * Envoy and gRFC A42). Points are ordered as unsigned numbers, so every process and every language finds the same owner.
 *
 * <p>Cost: hashes are spread evenly, so a guide from the highest bits to the first point of each arc leaves one or two comparisons, however
 * large the ring is. Building sorts the points: O(R log R).
 */
final class Ring implements Owners {
    /** Turns unsigned order into the signed one that arrays are sorted by. */
    private static final long FLIP = Long.MIN_VALUE;

    /** Hashes of the points with the highest bit flipped, ascending. */
    private final long[] points;

    private final int[] owners;

    /** For each value of the highest bits, the first point at or behind the beginning of that arc. */
    private final int[] guide;

    private final int shift;

    /**
     * Makes the ring.
     *
     * @param keys what each endpoint's points are named after
     * @param counts how many points each has
     */
    Ring(String[] keys, int[] counts) {
        int size = Arrays.stream(counts).sum();
        long[] unsorted = new long[size];
        int at = 0;
        for (int i = 0; i < keys.length; i++) {
            for (int point = 0; point < counts[i]; point++) {
                unsorted[at++] = XxHash64.hash(keys[i] + "_" + point) ^ FLIP;
            }
        }
        points = unsorted.clone();
        Arrays.sort(points);
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1));
        shift = Long.SIZE - bits;
        guide = guide(points, 1 << bits, shift);
        owners = new int[size];
        Arrays.fill(owners, -1);
        at = 0;
        for (int i = 0; i < keys.length; i++) {
            for (int point = 0; point < counts[i]; point++) {
                int place = placeOf(unsorted[at++] ^ FLIP);
                // Two points on one place are a matter of chance 2^-64 each; the second takes the room behind.
                while (owners[place] >= 0) {
                    place++;
                }
                owners[place] = i;
            }
        }
    }

    private static int[] guide(long[] points, int arcs, int shift) {
        int[] guide = new int[arcs];
        int point = 0;
        for (int arc = 0; arc < arcs; arc++) {
            long begin = ((long) arc << shift) ^ FLIP;
            while (point < points.length && points[point] < begin) {
                point++;
            }
            guide[arc] = point;
        }
        return guide;
    }

    /** The first point at or behind a hash; the number of points if there is none. */
    private int placeOf(long hash) {
        int place = guide[(int) (hash >>> shift)];
        while (place < points.length && points[place] < (hash ^ FLIP)) {
            place++;
        }
        return place;
    }

    @Override
    public int owner(long hash) {
        int place = placeOf(hash);
        return owners[place == points.length ? 0 : place];
    }

    /** Walks on along the ring. */
    @Override
    public int next(long hash, EndpointView[] endpoints, PickContext context, Exclusion exclusion) {
        int place = placeOf(hash);
        for (int i = 0; i < points.length; i++) {
            int owner = owners[(place + i) % points.length];
            if (!exclusion.holds(context, endpoints[owner])) {
                return owner;
            }
        }
        return -1;
    }

    /** How many points there are. */
    int size() {
        return points.length;
    }

    /** How many points an endpoint has. */
    long pointsOf(int endpoint) {
        return Arrays.stream(owners).filter(owner -> owner == endpoint).count();
    }
}
