package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One endpoint until it fails, like gRPC's {@code pick_first}: whoever was chosen stays chosen as long as it can be chosen at all, whatever
 * else comes; when it goes, the next in order follows. Order is canonical, or, under {@code shuffle}, one of this client's own in which the
 * heavier tend to stand before the lighter (keys u^(1/w), gRFC A113).
 *
 * <p>Cost: one read. Everything of one client goes to one endpoint: for what is active and standby, or where a connection is dear.
 */
public final class FirstOnly implements PickerFactory {
    private static final String SHUFFLE = "shuffle";

    private final boolean shuffle;

    /** In canonical order. */
    public FirstOnly() {
        this(false);
    }

    /** Shuffled or not. */
    public FirstOnly(boolean shuffle) {
        this.shuffle = shuffle;
    }

    @Override
    public String name() {
        return "first";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("pick-first");
    }

    @Override
    public boolean readsWeights() {
        return shuffle;
    }

    @Override
    public Set<String> settings() {
        return Set.of(SHUFFLE);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new FirstOnly(new PolicySettings(name(), values).flag(SHUFFLE, shuffle));
    }

    @Override
    public Picker newPicker(Input input) {
        List<EndpointView> order = new ArrayList<>(input.endpoints());
        if (shuffle) {
            shuffle(order, input.random());
        }
        if (input.previous() instanceof WeightedFailover.InOrder previous) {
            IdentityHashMap<EndpointView, Integer> places = new IdentityHashMap<>();
            for (EndpointView endpoint : previous.endpoints()) {
                places.put(endpoint, places.size());
            }
            // Those known before keep their order, newcomers stand behind them.
            order.sort(Comparator.comparingInt(endpoint -> places.getOrDefault(endpoint, Integer.MAX_VALUE)));
        }
        return new WeightedFailover.InOrder(order.toArray(EndpointView[]::new));
    }

    private static void shuffle(List<EndpointView> order, RandomGenerator random) {
        // log(u) / w grows as u^(1/w) does, and does not underflow.
        IdentityHashMap<EndpointView, Double> keys = new IdentityHashMap<>();
        order.forEach(endpoint -> keys.put(endpoint, Math.log(1 - random.nextDouble()) / endpoint.weight()));
        order.sort(Collections.reverseOrder(
                Comparator.comparingDouble(endpoint -> Objects.requireNonNull(keys.get(endpoint)))));
    }

    @Override
    public String toString() {
        return name() + "[shuffle " + shuffle + "]";
    }
}
