package io.inmesh.resolver.kubernetes;

import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Source;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds when that happened which a publication tells of (rule A-15): the highest trigger time among the slices it stands on, if it rose
 * above every one seen before. A source that is met for the first time tells of what was long before, so its times are only remembered.
 *
 * <p>Threads: one at a time.
 */
final class TriggerTimes {
    private final Set<Source<?>> met = new HashSet<>();
    private Instant highest = Instant.MIN;

    /**
     * One evaluation's view.
     *
     * @param values what each source said, whatever it is of
     * @return null if nothing rose
     */
    @Nullable
    Instant risen(Map<Source<?>, Object> values) {
        Instant before = highest;
        Instant risen = null;
        for (Map.Entry<Source<?>, Object> each : values.entrySet()) {
            Instant latest = latest(each.getKey(), each.getValue());
            if (latest.isAfter(highest)) {
                highest = latest;
            }
            boolean rose = latest.isAfter(before) && met.contains(each.getKey());
            if (rose && (risen == null || latest.isAfter(risen))) {
                risen = latest;
            }
        }
        met.retainAll(values.keySet());
        met.addAll(values.keySet());
        return risen;
    }

    private static Instant latest(Source<?> source, Object value) {
        Instant latest = Instant.MIN;
        for (Slice slice : slices(source, value)) {
            Instant triggered = slice.triggered();
            if (triggered != null && triggered.isAfter(latest)) {
                latest = triggered;
            }
        }
        return latest;
    }

    @SuppressWarnings("unchecked") // What a source says is of the type that it declares.
    private static List<Slice> slices(Source<?> source, Object value) {
        if (source instanceof Source.SlicesOf) {
            return (List<Slice>) value;
        }
        return source instanceof Source.EndpointsOf
                ? ((Optional<EndpointsObject>) value)
                        .map(EndpointsObject::slices)
                        .orElse(List.of())
                : List.of();
    }
}
