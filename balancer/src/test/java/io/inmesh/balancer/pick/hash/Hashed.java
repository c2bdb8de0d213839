package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.LoadedView;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the tests of hash policies share: endpoints 10.0.0.1:8080, 10.0.0.2:8080 ... and where keys go. */
final class Hashed {
    static final long SEED = 59_511;

    private Hashed() {}

    /** Idle endpoints with these weights, the first being 10.0.0.1:8080. */
    static List<EndpointView> endpoints(double... weights) {
        return IntStream.range(0, weights.length)
                .<EndpointView>mapToObj(i -> new LoadedView(endpoint(i + 1), 0, weights[i]))
                .toList();
    }

    /** So many idle endpoints of weight 1. */
    static List<EndpointView> equal(int n) {
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        return endpoints(weights);
    }

    private static Endpoint endpoint(int number) {
        return Endpoint.of("10.0." + number / 256 + "." + number % 256, 8080);
    }

    static Picker picker(PickerFactory policy, List<EndpointView> endpoints) {
        return policy.newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
    }

    /** Where a key goes. */
    static EndpointView owner(Picker picker, String key) {
        return (EndpointView) picker.choose(PickContext.NONE.withKey(key));
    }

    /** Where each of so many keys goes. */
    static List<String> owners(Picker picker, int keys) {
        return IntStream.range(0, keys)
                .mapToObj(key -> owner(picker, "key-" + key).endpoint().address())
                .toList();
    }

    /** How many keys go elsewhere though their owner is still there. */
    static long movedNeedlessly(List<String> before, List<String> after, String left) {
        return IntStream.range(0, before.size())
                .filter(i ->
                        !before.get(i).equals(after.get(i)) && !before.get(i).equals(left))
                .count();
    }

    /** Letters for slots. */
    static String letters(int[] owners) {
        return Arrays.stream(owners)
                .mapToObj(owner -> String.valueOf((char) ('A' + owner)))
                .collect(Collectors.joining());
    }

    /** How many of a table's slots each has. */
    static int[] counts(int[] owners, int endpoints) {
        int[] counts = new int[endpoints];
        for (int owner : owners) {
            counts[owner]++;
        }
        return counts;
    }

    static <T> List<T> without(List<T> all, int index) {
        return IntStream.range(0, all.size())
                .filter(i -> i != index)
                .mapToObj(all::get)
                .toList();
    }
}
