package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.AliasTable;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Weights;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Draws two different endpoints and takes the one with fewer requests in flight; of two equals, the one drawn first
 * (Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, 1996). The longest queue grows with log log n instead of log n, without
 * the herd that runs to the single least loaded endpoint when many clients look at once. {@code choices} draws more than two, up to ten (gRFC
 * A48).
 *
 * <p>Where weights differ, both are drawn in proportion to weight and requests per weight are compared. The two are always
 * distinct: drawing with replacement would send the worst endpoint one request in n^2, without it gets none. While too few are healthy and
 * ejected ones are used as well, a healthy one of the two is taken before an ejected one, whatever they carry.
 *
 * <p>Cost: one atomic add and two reads of counters; nothing is remembered, so endpoints may come and go.
 */
public final class PowerOfTwo implements PickerFactory {
    /** Weighted draws made for a second, different endpoint before its neighbour is taken: only a giant among dwarfs needs more. */
    private static final int REDRAWS = 4;

    private static final String CHOICES = "choices";
    private static final int FEWEST_CHOICES = 2;

    /** More are allowed and count as this many, as gRFC A48 says. */
    private static final int MOST_CHOICES = 10;

    private final int choices;

    /** Of two. */
    public PowerOfTwo() {
        this(FEWEST_CHOICES);
    }

    /**
     * Of more.
     *
     * @param choices 2 or more; above 10 counts as 10
     */
    public PowerOfTwo(int choices) {
        if (choices < FEWEST_CHOICES) {
            throw new IllegalArgumentException("power-of-two.choices: " + choices + " (expected: 2 to 10)");
        }
        this.choices = Math.min(choices, MOST_CHOICES);
    }

    /** How many are drawn. */
    int choices() {
        return choices;
    }

    @Override
    public String name() {
        return "power-of-two";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("p2c", "twos", "least-request");
    }

    @Override
    public Set<String> settings() {
        return Set.of(CHOICES);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new PowerOfTwo(
                new PolicySettings(name(), values).whole(CHOICES, choices, FEWEST_CHOICES, Integer.MAX_VALUE));
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        if (endpoints.length == 1) {
            EndpointView only = endpoints[0];
            return context -> only;
        }
        boolean equal = Weights.areEqual(input.endpoints());
        if (choices > FEWEST_CHOICES || !FewestOf.areOfOneKind(endpoints)) {
            AliasTable table = equal ? null : new AliasTable(input.endpoints());
            double[] weights = Weights.of(input.endpoints());
            return new FewestOf(endpoints, weights, table, choices, Load.REQUESTS, false, null, input.random());
        }
        return equal
                ? uniform(endpoints, input.random())
                : weighted(endpoints, new AliasTable(input.endpoints()), input.random());
    }

    private static Picker uniform(EndpointView[] endpoints, RandomGenerator random) {
        return context -> {
            long bits = random.nextLong();
            int firstIndex = Draw.index32(bits >>> 32, endpoints.length);
            int secondIndex = Draw.index32(bits & 0xffff_ffffL, endpoints.length - 1);
            EndpointView first = endpoints[firstIndex];
            // One fewer to draw from: those behind the first move up into its place. By sign, for a branch would be
            // guessed wrong every other time, which costs as much as all the rest.
            int before = (secondIndex - firstIndex) >>> (Integer.SIZE - 1);
            EndpointView second = endpoints[secondIndex + 1 - before];
            return second.inFlight() < first.inFlight() ? second : first;
        };
    }

    private static Picker weighted(EndpointView[] endpoints, AliasTable table, RandomGenerator random) {
        double[] weights = new double[endpoints.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = endpoints[i].weight();
        }
        return context -> {
            int first = table.draw(random.nextLong());
            int second = otherThan(first, table, random);
            double firstLoad = endpoints[first].inFlight() * weights[second];
            double secondLoad = endpoints[second].inFlight() * weights[first];
            return secondLoad < firstLoad ? endpoints[second] : endpoints[first];
        };
    }

    private static int otherThan(int first, AliasTable table, RandomGenerator random) {
        for (int i = 0; i < REDRAWS; i++) {
            int second = table.draw(random.nextLong());
            if (second != first) {
                return second;
            }
        }
        return first == table.size() - 1 ? 0 : first + 1;
    }

    @Override
    public String toString() {
        return name() + "[choices " + choices + "]";
    }
}
