package io.inmesh.api;

import java.time.Duration;
import java.util.Objects;

/**
 * How fresh one of the things is that a resolver stands on: the time since the last proof that what it says still holds. Old age
 * empties nothing; it is there to be seen and alarmed on.
 *
 * @param watch what is watched, in words for people: {@code endpointslices of orders in namespace shop} where one service has a watch of
 *     its own, {@code endpointslices (API group 'discovery.k8s.io') in namespace shop} where many share one, {@code nodes (API group
 *     '')} of the whole cluster. Show it, log it, use it as a label; it is not made to be
 *     taken apart, and may be worded anew in any version
 * @param age time since the last proof of life, or since watching began if there was none yet
 * @param connected whether it is being listened to at this moment; if not, it is being tried again
 * @param reconnects how often it was opened again: the server ends every watch after some minutes, so a slow rise is normal
 */
public record WatchAge(String watch, Duration age, boolean connected, long reconnects) {

    /** Watch and age are required. */
    public WatchAge {
        Objects.requireNonNull(watch, "watch");
        Objects.requireNonNull(age, "age");
    }

    /** One that was never opened again. */
    public WatchAge(String watch, Duration age, boolean connected) {
        this(watch, age, connected, 0);
    }
}
