package io.inmesh.balancer.pick;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import java.util.Arrays;
import java.util.List;

/** Questions about the weights of a set. */
public final class Weights {
    /** What weights that are not whole are multiplied by before they are rounded. */
    private static final double FRACTIONS = 1 << 10;

    private static final double PERCENT = 100;

    private Weights() {}

    /** True if every endpoint has the same weight, so that the unweighted algorithm does. */
    public static boolean areEqual(List<EndpointView> endpoints) {
        double first = endpoints.get(0).weight();
        for (int i = 1; i < endpoints.size(); i++) {
            if (endpoints.get(i).weight() != first) {
                return false;
            }
        }
        return true;
    }

    /** The weights as they are. */
    public static double[] of(List<EndpointView> endpoints) {
        double[] weights = new double[endpoints.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = endpoints.get(i).weight();
        }
        return weights;
    }

    /**
     * The weights as the smallest whole numbers of the same proportions: as they are, or in thousandths if a stage has made fractions of them,
     * divided by their greatest common divisor. Each is from 1 to 2^20.
     */
    public static long[] whole(List<EndpointView> endpoints) {
        double[] weights = of(endpoints);
        return whole(weights, Math.min(areWhole(weights) ? 1 : FRACTIONS, Endpoint.MAX_WEIGHT / most(weights)));
    }

    /**
     * The same, but fractions come out as percents of the largest weight: for sequences that give turns in bursts, which are the longer the finer
     * the numbers are.
     */
    public static long[] coarse(List<EndpointView> endpoints) {
        double[] weights = of(endpoints);
        return areWhole(weights) ? whole(endpoints) : whole(weights, PERCENT / most(weights));
    }

    private static boolean areWhole(double[] weights) {
        return Arrays.stream(weights).allMatch(weight -> weight == Math.rint(weight));
    }

    private static double most(double[] weights) {
        return Arrays.stream(weights).max().orElseThrow();
    }

    private static long[] whole(double[] weights, double scale) {
        long[] whole = Arrays.stream(weights)
                .mapToLong(weight -> Math.max(1, Math.round(weight * scale)))
                .toArray();
        long divisor = Arrays.stream(whole).reduce(0, Weights::greatestCommonDivisor);
        for (int i = 0; i < whole.length; i++) {
            whole[i] /= divisor;
        }
        return whole;
    }

    /** Of two numbers of which at most one is 0 (Euclid). */
    public static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
