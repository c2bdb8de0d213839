package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what an exchange brings: a refusal alone, or {@code opened}, a list, events, the end, as far as its kind has them.
 *
 * <p>Threads: the transport's, one call after the other.
 */
interface Answer<T> {

    /** A watch is open. */
    void opened();

    /** A piece of the body came, of whatever size (rule W-13). */
    void byteCame();

    /** All that exists. */
    void listed(Listed<T> list);

    /** Lines of a watch, at least one. */
    void events(List<Event<T>> events);

    /** The body is over; {@code error} is null if it was whole as far as HTTP can tell. */
    void ended(@Nullable Throwable error);

    /** The body makes no sense. */
    void unreadable(Throwable error);

    /** There was no body to read. */
    void refused(Refusal refusal);
}
