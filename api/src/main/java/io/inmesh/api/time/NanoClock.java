package io.inmesh.api.time;

/** A clock for durations: nanoseconds since some moment, never going back. */
@FunctionalInterface
public interface NanoClock {

    /** Nanoseconds since an arbitrary moment; only differences mean something, and they may wrap. */
    long nanoTime();

    /** The JVM's own. */
    static NanoClock system() {
        return System::nanoTime;
    }
}
