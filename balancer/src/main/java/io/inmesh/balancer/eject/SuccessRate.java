package io.inmesh.balancer.eject;

import io.inmesh.balancer.config.EjectRates;
import java.util.ArrayList;
import java.util.List;

/**
 * Speaks against endpoints whose rate of success stands out below the others' (gRFC A50, Envoy): below the mean by more than a multiple of
 * the standard deviation.
 *
 * <p>Known flaw of that rule: with n endpoints of which all others are perfect, the one that is not stands {@code sqrt(n - 1)} deviations below the
 * mean, however small the gap; of five and more, a single failure ejects. So the gap itself has to be of some size as well: percentage
 * points, and standard errors of the mean rate at the endpoint's volume, {@code sqrt(mean (1 - mean) / volume)}, since with few requests a rate strays.
 * At 1 % errors everywhere and 100 requests each, five points alone eject falsely 0.3 to 1.3 times an hour; with eight standard errors it is
 * 0.003 to 0.015 times.
 *
 * <p>Cost: three passes over the endpoints, once an interval.
 */
final class SuccessRate {
    private static final double THOUSANDTHS = 1000;
    private static final double PERCENT = 100;

    /** Derived above: a bound that chance passes once in some hundred hours, at the smallest volume that counts. */
    private static final double STANDARD_ERRORS = 8;

    private final EjectRates rates;

    SuccessRate(EjectRates rates) {
        this.rates = rates;
    }

    /** Those that it speaks against; none where too few have enough requests. */
    List<Finding> findings(List<Calls> endpoints) {
        List<Integer> counted = Volumes.counted(endpoints, rates.requestVolume());
        if (rates.successRateFactor() == 0 || counted.isEmpty() || counted.size() < rates.minHosts()) {
            return List.of();
        }
        double mean = counted.stream()
                .mapToDouble(i -> endpoints.get(i).rate())
                .average()
                .orElseThrow();
        double variance = counted.stream()
                .mapToDouble(i -> square(endpoints.get(i).rate() - mean))
                .average()
                .orElseThrow();
        double limit = limit(mean, Math.sqrt(variance));
        List<Finding> findings = new ArrayList<>();
        for (int i : counted) {
            Calls calls = endpoints.get(i);
            double bound = Math.min(limit, mean - gap(mean, calls.total()));
            if (calls.rate() < bound) {
                findings.add(new Finding(i, calls.rate(), text(calls, bound, mean, counted.size())));
            }
        }
        return findings;
    }

    /** The rate below which an endpoint stands out. */
    double limit(double mean, double deviation) {
        return mean - deviation * rates.successRateFactor() / THOUSANDTHS;
    }

    /** How far below the mean it has to be in any case. */
    double gap(double mean, int volume) {
        double error = Math.sqrt(mean * (1 - mean) / volume);
        return rates.minGap() == 0 ? 0 : Math.max(rates.minGap() / PERCENT, STANDARD_ERRORS * error);
    }

    private static double square(double x) {
        return x * x;
    }

    private static String text(Calls calls, double bound, double mean, int count) {
        return Volumes.percent(calls.rate()) + " of its " + calls.total() + " requests went well, which is below "
                + Volumes.percent(bound) + " (mean of " + count + " endpoints: " + Volumes.percent(mean) + ")";
    }
}
