package io.inmesh.balancer.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Meters of one name, one for each value of a tag. Each is registered when it is first needed and found again by an array read, without a
 * string.
 *
 * <p>Threads: any.
 *
 * @param <E> the tag's values
 */
final class MetersByValue<E extends Enum<E>, M extends Meter> {
    private final Registrations home;
    private final Function<E, Function<MeterRegistry, M>> maker;

    /** One for each value. Never changes. */
    private final Map<E, Place<M>> places;

    private static final class Place<M> {
        /** Null until needed. Of two who write at once both write the same, since registries give one meter for one id. */
        private volatile @Nullable M meter;
    }

    /**
     * Creates it.
     *
     * @param maker registers the meter of a value
     */
    MetersByValue(Registrations home, Class<E> tag, Function<E, Function<MeterRegistry, M>> maker) {
        this.home = home;
        this.maker = maker;
        this.places = new EnumMap<>(tag);
        for (E value : tag.getEnumConstants()) {
            places.put(value, new Place<>());
        }
    }

    /** The meter of that value; null if the thing it tells of has gone. */
    @Nullable
    M get(E value) {
        Place<M> place = places.get(value);
        if (place == null) {
            return null; // There is one for each value.
        }
        M meter = place.meter;
        if (meter == null) {
            meter = home.add(maker.apply(value));
            place.meter = meter;
        }
        return meter;
    }
}
