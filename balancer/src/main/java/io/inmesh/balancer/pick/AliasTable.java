package io.inmesh.balancer.pick;

import io.inmesh.api.EndpointView;
import java.util.Arrays;
import java.util.List;

/**
 * Draws an index with probability proportional to its weight in constant time (Walker 1977, built as Vose 1991): n columns of equal
 * width, each shared by at most two endpoints. The high half of one product chooses the column, the low half, as random as the
 * draw itself, which of the two.
 *
 * <p>Cost: O(n) to build, one multiplication and two reads to draw. Immutable.
 */
public final class AliasTable {
    private final long[] threshold;
    private final int[] alias;

    /** Builds it from the weights of endpoints, each above 0. */
    public AliasTable(List<EndpointView> endpoints) {
        int n = endpoints.size();
        threshold = new long[n];
        alias = new int[n];
        double[] scaled = Weights.of(endpoints);
        double total = Arrays.stream(scaled).sum();
        for (int i = 0; i < n; i++) {
            scaled[i] = scaled[i] * n / total;
        }
        int[] small = new int[n];
        int[] large = new int[n];
        int smalls = 0;
        int larges = 0;
        for (int i = 0; i < n; i++) {
            if (scaled[i] < 1) {
                small[smalls++] = i;
            } else {
                large[larges++] = i;
            }
        }
        while (smalls > 0 && larges > 0) {
            int less = small[--smalls];
            int more = large[--larges];
            threshold[less] = fraction(scaled[less]);
            alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1) {
                small[smalls++] = more;
            } else {
                large[larges++] = more;
            }
        }
        // What is left has weight 1 but for rounding: a column of its own.
        while (larges > 0) {
            fill(large[--larges]);
        }
        while (smalls > 0) {
            fill(small[--smalls]);
        }
    }

    private void fill(int index) {
        threshold[index] = -1L;
        alias[index] = index;
    }

    /** A fraction in [0, 1) as an unsigned 64-bit number; 53 bits of it are exact, which is what a double has. */
    private static long fraction(double value) {
        return (long) (value * 0x1p53) << 11;
    }

    /** How many endpoints there are to draw from. */
    public int size() {
        return threshold.length;
    }

    /** The index that 64 random bits choose. */
    public int draw(long random) {
        int column = Draw.index(random, threshold.length);
        long within = random * threshold.length;
        return Long.compareUnsigned(within, threshold[column]) < 0 ? column : alias[column];
    }
}
