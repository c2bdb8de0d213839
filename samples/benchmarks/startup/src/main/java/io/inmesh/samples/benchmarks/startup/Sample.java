package io.inmesh.samples.benchmarks.startup;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Measured values, sorted. */
record Sample(List<Long> sorted) {

    static <T> Sample of(List<T> measured, Function<T, Long> value) {
        return new Sample(measured.stream().map(value).sorted().toList());
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    }

    /** The median, and between which values the middle half lies. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.0f (%d to %d)",
                median(),
                sorted.get(sorted.size() / 4),
                sorted.get(sorted.size() * 3 / 4));
    }
}
