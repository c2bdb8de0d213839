package io.inmesh.samples.benchmarks.sim;

import java.util.Arrays;

/**
 * The median of those among the recent answers whose requests found about as many others as there are now. A server that has emptied
 * speaks of how it is when empty, so it is asked again. Near is as near as gives {@value #ENOUGH} answers.
 */
final class LatencyByLoad implements LatencyEstimate {
    private static final int RECENT = 64;
    private static final int ENOUGH = 8;

    private final int[] aheads = new int[RECENT];
    private final long[] latencies = new long[RECENT];
    private final long[] near = new long[RECENT];
    private int heard;

    @Override
    public void record(int ahead, long latencyNanos) {
        aheads[heard % RECENT] = ahead;
        latencies[heard % RECENT] = latencyNanos;
        heard++;
    }

    @Override
    public double at(int ahead) {
        int known = Math.min(heard, RECENT);
        if (known == 0) {
            return 0;
        }
        int wanted = Math.min(known, ENOUGH);
        int found = 0;
        for (int width = 0; found < wanted; width = 2 * width + 1) {
            found = gather(ahead, width, known);
        }
        Arrays.sort(near, 0, found);
        return (near[(found - 1) / 2] + near[found / 2]) / 2.0;
    }

    private int gather(int ahead, int width, int known) {
        int found = 0;
        for (int i = 0; i < known; i++) {
            if (Math.abs(aheads[i] - ahead) <= width) {
                near[found++] = latencies[i];
            }
        }
        return found;
    }
}
