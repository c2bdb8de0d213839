package io.inmesh.balancer.pick.hash;

import java.util.Arrays;

/** How many points each endpoint gets on a {@link Ring}. */
public enum RingSizing {
    /**
     * A fixed number for each unit of weight, whatever the number of endpoints: when an endpoint leaves, only its own keys move. The default.
     */
    FIXED,
    /**
     * As Envoy and gRPC do: so many points that the lightest endpoint's number is whole and the ring has its least size. Compatible, and flawed:
     * points of each depend on how many endpoints there are, so of 10 endpoints the leaving of one moves nearly twice the keys it must.
     */
    XDS;

    /** Points for each unit of weight of a {@link #FIXED} ring: the busiest of 100 equal endpoints then gets about 1.3 times the mean. */
    private static final int POINTS_EACH = 128;

    private static final int MOST_POINTS = 1 << 20;

    /**
     * The numbers of a {@link #FIXED} ring.
     *
     * @param weights whole numbers without common divisor, so that a weight that all share changes nothing
     */
    static int[] fixed(long[] weights) {
        long units = Arrays.stream(weights).sum();
        double each = Math.min(POINTS_EACH, (double) MOST_POINTS / units);
        return Arrays.stream(weights)
                .mapToInt(weight -> (int) Math.max(1, Math.floor(weight * each)))
                .toArray();
    }

    /** The numbers of an {@link #XDS} ring of that least and largest size (gRFC A42): fractions carry over to the next endpoint. */
    static int[] xds(double[] weights, int least, int most) {
        double total = Arrays.stream(weights).sum();
        double lightest = Arrays.stream(weights).min().orElseThrow() / total;
        double scale = Math.min(Math.ceil(lightest * least) / lightest, most);
        int[] counts = new int[weights.length];
        double target = 0;
        int given = 0;
        for (int i = 0; i < weights.length; i++) {
            target += scale * (weights[i] / total);
            while (given < target) {
                counts[i]++;
                given++;
            }
        }
        return counts;
    }
}
