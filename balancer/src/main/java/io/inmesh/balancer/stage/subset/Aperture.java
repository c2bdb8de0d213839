package io.inmesh.balancer.stage.subset;

import io.inmesh.balancer.stage.Layout.Candidate;
import java.util.ArrayList;
import java.util.List;

/**
 * A slice of the ring of servers, by rank (Finagle's deterministic aperture). All slices have one width and together go round the ring a whole
 * number of times, so every server has the same part of all slices. A server at an end counts by the part of it that lies inside: its weight is
 * multiplied by that.
 *
 * <p>Places on the ring are whole numbers: each server takes up as many as there are clients, so nothing is rounded.
 *
 * @param rank of this client
 * @param peers how many clients there are
 */
record Aperture(int rank, int peers) {

    /** How wide the slice is, in places: {@code min(1, ceil(size * peers / servers) / peers)} of the ring. */
    long width(int servers, int size) {
        long turns = ((long) Math.min(size, servers) * peers + servers - 1) / servers;
        return Math.min(peers, turns) * servers;
    }

    /** Those in the slice, which is wider by a server for each one in it that is unhealthy or quiesced. */
    List<Candidate> chosen(List<Candidate> ring, int size) {
        int servers = ring.size();
        long whole = (long) servers * peers;
        long narrow = width(servers, size);
        long width = narrow;
        List<Candidate> chosen = inside(ring, width);
        long wanted = Math.min(whole, narrow + (long) unhealthy(chosen) * peers);
        while (wanted > width) {
            width = wanted;
            chosen = inside(ring, width);
            wanted = Math.min(whole, narrow + (long) unhealthy(chosen) * peers);
        }
        return chosen;
    }

    private static int unhealthy(List<Candidate> chosen) {
        return (int) chosen.stream().filter(Subsetting::isMissed).count();
    }

    private List<Candidate> inside(List<Candidate> ring, long width) {
        List<Candidate> inside = new ArrayList<>();
        for (int i = 0; i < ring.size(); i++) {
            long part = overlap(i, ring.size(), width);
            if (part == peers) {
                inside.add(ring.get(i));
            } else if (part > 0) {
                Candidate end = ring.get(i);
                inside.add(end.withWeight(end.weight() * part / peers));
            }
        }
        return inside;
    }

    /** How many of a server's places lie in the slice, which may go over the ring's end. */
    private long overlap(int server, int servers, long width) {
        long whole = (long) servers * peers;
        long from = (long) rank * servers;
        long first = (long) server * peers;
        return common(first, first + peers, from, from + width)
                + common(first + whole, first + whole + peers, from, from + width);
    }

    private static long common(long from, long to, long otherFrom, long otherTo) {
        return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
    }
}
