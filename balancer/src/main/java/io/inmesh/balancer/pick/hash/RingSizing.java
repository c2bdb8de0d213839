package io.inmesh.balancer.pick.hash;

import java.util.Arrays;

/** How many points each endpoint gets on a {@link Ring}. */
public enum RingSizing {
    /**
     * A fixed number for each unit of weight, whatever the number of endpoints and the weights of the others: when an endpoint leaves, only its own
     * keys move, and when it gains weight, it only takes. The default. A ring of weights around a hundred has a hundred times the points of one of
     * weights around one, and is that much dearer to build, up to a million points.
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
     * The numbers of a {@link #FIXED} ring: by each endpoint's own weight alone, halved for all as often as it takes to keep the sum below the cap.
     * By halves, because then it is the same for nearly every set beyond the cap as well, with or without one of its endpoints.
     *
     * @param weights above 0
     */
    static int[] fixed(double[] weights) {
        double units = Arrays.stream(weights).sum();
        double each = POINTS_EACH;
        while (units * each > MOST_POINTS) {
            each /= 2;
        }
        double points = each;
        return Arrays.stream(weights)
                .mapToInt(weight -> (int) Math.max(1, Math.rint(weight * points)))
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
