package io.inmesh.resolver.kubernetes.watch;

import java.io.IOException;

/**
 * An answer is longer than what is read of it, so that no server, broken or hostile, makes this process run out of memory. The message
 * names what it was, size, limit and what to do.
 */
final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    /** One event. etcd keeps no object above 1.5 MiB unless it is told to, so this is ten times what there can be. */
    static final int MOST_OF_A_LINE = 16 << 20;

    /** All objects of one list as text: of slices more than 300,000 endpoints, of pods more than 10,000. */
    static final int MOST_OF_A_LIST = 128 << 20;

    private TooLargeException(String message) {
        super(message);
    }

    static TooLargeException line(long size, int most) {
        return new TooLargeException("an event of " + size + " bytes or more (expected: at most " + most
                + ", and the API server keeps no object of that size); see whether a proxy answers in its place");
    }

    static TooLargeException list(long size, int most) {
        return new TooLargeException("a list of " + size + " bytes or more (expected: at most " + most
                + "); ask for fewer objects with a narrower selector or fewer in the namespace, or see whether a proxy answers"
                + " in place of the API server");
    }
}
