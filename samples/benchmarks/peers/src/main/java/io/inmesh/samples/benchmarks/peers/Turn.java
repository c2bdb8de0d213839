package io.inmesh.samples.benchmarks.peers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whose request is next; one for each thread, or they would meet on it. Read only where a policy follows keys. */
@State(Scope.Thread)
public class Turn {
    /** Keys in use, a power of two. */
    static final int KEYS = 1024;

    private int next;

    int next() {
        return next++ & (KEYS - 1);
    }

    /** The key of that number. */
    static String key(int number) {
        return "customer-" + number;
    }
}
