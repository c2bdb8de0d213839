package io.inmesh.resolver.kubernetes.source;

import org.jspecify.annotations.Nullable;

/**
 * What is known, for rules to ask. Asking is all that rules do to have something watched: what was asked for in one evaluation is kept
 * known until an evaluation no longer asks for it, and every change of it causes another.
 *
 * <p>Threads: one evaluation at a time.
 */
public interface Known {

    /** What is known of it at this moment; pending if it was never asked for before. */
    <T> Finding<T> ask(Source<T> source);

    /**
     * What was known last of it, or of a source of its kind whose place it took in the evaluations before this one. For what an answer can
     * do without, so that it stays as it was until the answer to a new question has come.
     *
     * @return null if nothing was known
     */
    <T> @Nullable T before(Source<T> source);

    /**
     * Whether what an answer can do without is worth waiting for: only until the first set is told, and not for long even then. Afterwards
     * nothing that is asked for in addition may hold back what is known (rules T-11, W-18).
     */
    boolean mayWait();
}
