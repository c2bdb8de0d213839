package io.inmesh.balancer.eject;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Who has enough requests to be compared, and how rates are written. */
final class Volumes {
    private Volumes() {}

    /** The places of those with so many requests. */
    static List<Integer> counted(List<Calls> endpoints, int volume) {
        return IntStream.range(0, endpoints.size())
                .filter(i -> endpoints.get(i).total() >= volume)
                .boxed()
                .toList();
    }

    /** A share as percentage: {@code 66.5 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
