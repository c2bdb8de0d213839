package io.inmesh.balancer.stage.weight;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the application's word for the weight of an endpoint instead of the endpoint's own. Where the function fails, or says a number that is no
 * weight, the endpoint keeps its own; the first time of either is logged.
 *
 * <p>Threads: the lanes of one mesh, several at once.
 */
public final class WeightsFromCode implements Stage {
    private static final Logger log = LoggerFactory.getLogger(WeightsFromCode.class);

    private static final String AFTERWARDS = "the endpoint keeps its own weight, and further cases are not logged";

    private final ToIntFunction<Endpoint> function;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean outOfRange = new AtomicBoolean();

    /** Asks that function, again each time that endpoints are arranged. */
    public WeightsFromCode(ToIntFunction<Endpoint> function) {
        this.function = function;
    }

    @Override
    public Layout apply(Layout layout) {
        return layout.mapGroups(group -> group.map(
                candidate -> candidate.withWeight(weightOf(candidate.member().endpoint()))));
    }

    private int weightOf(Endpoint endpoint) {
        int weight;
        try {
            weight = function.applyAsInt(endpoint);
        } catch (RuntimeException | LinkageError e) {
            if (failed.compareAndSet(false, true)) {
                log.warn("weights: {} failed for endpoint {}; {}", function, endpoint.address(), AFTERWARDS, e);
            }
            return endpoint.weight();
        }
        if (weight < 0 || weight > Endpoint.MAX_WEIGHT) {
            if (outOfRange.compareAndSet(false, true)) {
                log.warn(
                        "weights: {} for endpoint {} (expected: 0..{}, 0 quiesces); {}",
                        weight,
                        endpoint.address(),
                        Endpoint.MAX_WEIGHT,
                        AFTERWARDS);
            }
            return endpoint.weight();
        }
        return weight;
    }
}
