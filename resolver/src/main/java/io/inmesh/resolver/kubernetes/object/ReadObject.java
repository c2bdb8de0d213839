package io.inmesh.resolver.kubernetes.object;

import org.jspecify.annotations.Nullable;

/** An object that was read, and what every object has. */
public sealed interface ReadObject<T> {

    /** Its namespace (empty for an object of the cluster) and name. */
    ObjectName id();

    /** Its resource version, empty if it shows none. */
    String version();

    /**
     * One that says what its API allows.
     *
     * @param object what is needed of it
     */
    record Reduced<T>(ObjectName id, String version, T object) implements ReadObject<T> {}

    /**
     * One that does not. It exists, and that is all that is known of it; its name is empty if not even that can be read.
     *
     * @param why field, value and expectation
     * @param outline what can be told of it all the same: for whom it speaks, and nothing that it says; null if not even that
     */
    record Unreadable<T>(
            ObjectName id,
            String version,
            String why,
            @Nullable T outline) implements ReadObject<T> {}
}
