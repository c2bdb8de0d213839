package io.inmesh.balancer.stage.subset;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Lots of ten (after Rocksteadier: Ward, Wankadia, Guliani: Reinventing Backend Subsetting at Google, ACM Queue 2022). Servers stand in lots of
 * ten, clients too. For each lot of clients every lot of servers is shuffled in another way and dealt out, one server to each client: so the ten
 * clients together burden all ten servers alike. Lots of servers stand on a ring in bit-reversed order, lots of clients begin on it at bit-reversed
 * places and go round; a lot that is added falls between others, and moves one connection of those who pass it.
 *
 * <p>Exact to a few where ranks are contiguous. A server that is added or removed at the end of the canonical order moves a connection of few
 * clients; one in the middle shifts the lots behind it by one, and a lot keeps some two thirds of its connections then, since shuffles go by the
 * servers' hashes and not by their places.
 *
 * <p>Cost: the number of lots, sorted, and a hundred comparisons for each lot that is passed.
 */
final class LotOrder implements Order {
    /** How many make a lot. */
    static final int LOT = 10;

    private final long[] hashes;
    private final int place;
    private final int[] ring;
    private final int start;
    private final long seed;

    LotOrder(long[] hashes, int rank) {
        this.hashes = hashes;
        this.place = rank % LOT;
        int clientLot = rank / LOT;
        this.seed = SplitMix.mix(clientLot + 1L);
        this.ring = reversed((hashes.length + LOT - 1) / LOT);
        this.start = (int) (((Long.reverse(clientLot) >>> 32) * ring.length) >>> 32);
    }

    /** The numbers below the count, in the order of their bits read backwards (van der Corput's sequence). */
    private static int[] reversed(int count) {
        return IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingLong(lot -> Long.reverse(lot) >>> 1))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public boolean[] first(int count) {
        boolean[] chosen = new boolean[hashes.length];
        int found = 0;
        // Where there are fewer lots than servers wanted the ring is gone round again, each time for the next server.
        for (int round = 0; round < LOT; round++) {
            for (int i = 0; i < ring.length && found < count; i++) {
                int server = server(ring[(start + i) % ring.length], (place + round) % LOT);
                if (server >= 0) {
                    chosen[server] = true;
                    found++;
                }
            }
        }
        return chosen;
    }

    /** The server of a lot that stands at that place once the lot is shuffled; -1 if the last lot, which may be smaller, has none there. */
    private int server(int lot, int dealt) {
        int from = lot * LOT;
        int size = Math.min(LOT, hashes.length - from);
        if (dealt >= size) {
            return -1;
        }
        long[] scores = new long[size];
        for (int i = 0; i < size; i++) {
            scores[i] = SplitMix.mix(hashes[from + i] ^ seed);
        }
        int server = 0;
        while (before(scores, server) != dealt) {
            server++;
        }
        return from + server;
    }

    /** How many stand before that one; of equal scores, which two servers of one address have, the first stands before. */
    private static int before(long[] scores, int server) {
        int before = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < scores[server] || (scores[i] == scores[server] && i < server)) {
                before++;
            }
        }
        return before;
    }
}
