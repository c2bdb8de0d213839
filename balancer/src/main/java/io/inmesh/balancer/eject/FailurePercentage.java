package io.inmesh.balancer.eject;

import io.inmesh.balancer.config.EjectRates;
import java.util.ArrayList;
import java.util.List;

/**
 * Speaks against endpoints that fail more than a fixed share of their requests, however the others do (gRFC A50).
 *
 * <p>Cost: one pass over the endpoints, once an interval.
 */
final class FailurePercentage {
    private static final long PERCENT = 100;

    private final EjectRates rates;

    FailurePercentage(EjectRates rates) {
        this.rates = rates;
    }

    /** Those that it speaks against; none where too few have enough requests. */
    List<Finding> findings(List<Calls> endpoints) {
        List<Integer> counted = Volumes.counted(endpoints, rates.failureVolume());
        if (rates.failurePercent() == 0 || counted.size() < rates.minHosts()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (int i : counted) {
            Calls calls = endpoints.get(i);
            if (calls.failures() * PERCENT > (long) rates.failurePercent() * calls.total()) {
                findings.add(new Finding(
                        i,
                        calls.rate(),
                        Volumes.percent(1 - calls.rate()) + " of its " + calls.total()
                                + " requests failed, which is more than " + rates.failurePercent() + " %"));
            }
        }
        return findings;
    }
}
