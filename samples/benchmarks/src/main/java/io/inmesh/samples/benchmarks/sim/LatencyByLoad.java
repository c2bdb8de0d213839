package io.inmesh.samples.benchmarks.sim;

import java.util.Arrays;

/**
 * The median of the newest answers whose requests found as many others as there are now, or about as many where those are few. A server that
 * has emptied speaks of how it is when empty, so it is asked again.
 *
 * <p>Newest first, because a server that has slowed down must say so at once; as near as possible, because an estimate that takes in requests
 * which waited longer is the trap of {@link LatencyEstimate#average} again.
 */
final class LatencyByLoad implements LatencyEstimate {
    /** About a second of answers. */
    private static final int REMEMBERED = 256;

    private static final int MOST = 16;
    private static final int LEAST = 8;

    private final int[] aheads = new int[REMEMBERED];
    private final long[] latencies = new long[REMEMBERED];
    private final long[] near = new long[MOST];
    private int heard;

    // The last answer, which holds until a request ends: probes are more frequent than requests.
    private int askedAhead = -1;
    private int askedWhenHeard;
    private double answer;

    @Override
    public void record(int ahead, long latencyNanos) {
        int place = heard++ % REMEMBERED;
        aheads[place] = ahead;
        latencies[place] = latencyNanos;
    }

    @Override
    public double at(int ahead) {
        if (ahead != askedAhead || heard != askedWhenHeard) {
            askedAhead = ahead;
            askedWhenHeard = heard;
            answer = heard == 0 ? 0 : medianNear(ahead);
        }
        return answer;
    }

    private double medianNear(int ahead) {
        int wanted = Math.min(heard, LEAST);
        int found = gather(ahead, 0);
        for (int width = 1; found < wanted; width = 2 * width + 1) {
            found = gather(ahead, width);
        }
        Arrays.sort(near, 0, found);
        return (near[(found - 1) / 2] + near[found / 2]) / 2.0;
    }

    /** Collects the newest answers to requests that found so many others, give or take {@code width}; returns how many. */
    private int gather(int ahead, int width) {
        int found = 0;
        int oldest = Math.max(0, heard - REMEMBERED);
        for (int i = heard - 1; i >= oldest && found < MOST; i--) {
            int place = i % REMEMBERED;
            if (Math.abs(aheads[place] - ahead) <= width) {
                near[found++] = latencies[place];
            }
        }
        return found;
    }
}
