package io.inmesh.resolver.kubernetes.source;

/**
 * What is known, for rules to ask. Asking is all that rules do to have something watched: what was asked for in one evaluation is kept
 * known until an evaluation no longer asks for it, and every change of it causes another.
 *
 * <p>Threads: one evaluation at a time.
 */
public interface Known {

    /** What is known of it at this moment; pending if it was never asked for before. */
    <T> Finding<T> ask(Source<T> source);
}
