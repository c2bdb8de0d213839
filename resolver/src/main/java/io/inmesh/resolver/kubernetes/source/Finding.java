package io.inmesh.resolver.kubernetes.source;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a {@link Source} at one moment. Four cases: nothing yet; a value; a trouble and nothing known; a value of before and a
 * trouble since (rule W-12).
 *
 * @param value the last value known, or null if there never was one
 * @param trouble why the source cannot be asked at present, or null
 */
public record Finding<T>(@Nullable T value, @Nullable Trouble trouble) {

    private static final Finding<?> PENDING = new Finding<>(null, null);

    /** Nothing yet. */
    @SuppressWarnings("unchecked") // It holds no value of any type.
    public static <T> Finding<T> pending() {
        return (Finding<T>) PENDING;
    }

    /** A value, and no trouble. */
    public static <T> Finding<T> of(T value) {
        return new Finding<>(Objects.requireNonNull(value, "value"), null);
    }

    /** The same value with another trouble, or none. */
    public Finding<T> withTrouble(@Nullable Trouble newTrouble) {
        return new Finding<>(value, newTrouble);
    }

    /** The same trouble with another value. */
    public Finding<T> withValue(T newValue) {
        return new Finding<>(newValue, trouble);
    }

    /** True if nothing was heard yet, neither good nor bad. */
    public boolean isPending() {
        return value == null && trouble == null;
    }
}
