package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ObjectReader;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a watch: one JSON document per line, without end (rule W-1). A streamed list is collected first, out of everybody's way,
 * and told as one (rule W-9).
 *
 * <p>Threads: the transport's, one call after the other.
 */
final class WatchBody<T> implements AnswerReceiver.Body {
    private final ObjectReader<T> read;
    private final Answer<T> answer;
    private final LineSplitter lines = new LineSplitter(TooLargeException.MOST_OF_A_LINE);
    private final int mostOfAList;
    private long listBytes; // As long as there is a list to wait for.

    /** What has come of the list, or null if there is none to wait for (any more). */
    private @Nullable StreamedList<T> list;

    // Of one piece.
    private List<Event<T>> events = new ArrayList<>();
    private @Nullable Throwable unreadable;

    WatchBody(ObjectReader<T> read, @Nullable StreamedList<T> list, int mostOfAList, Answer<T> answer) {
        this.mostOfAList = mostOfAList;
        this.read = read;
        this.list = list;
        this.answer = answer;
    }

    @Override
    public void opened() {
        answer.opened();
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        if (unreadable != null) {
            return; // Nobody wants the rest.
        }
        answer.byteCame();
        try {
            lines.add(bytes, this::line);
        } catch (TooLargeException e) {
            unreadable = e;
        }
        tell();
        if (unreadable != null) {
            answer.unreadable(unreadable);
        }
    }

    @Override
    public void ended(@Nullable Throwable error) {
        answer.ended(error);
    }

    private boolean line(byte[] bytes, int length) {
        Event<T> event;
        try {
            event = WatchEvents.event(bytes, length, read);
            addToList(length);
        } catch (IOException | RuntimeException e) {
            unreadable = e;
            return false;
        }
        StreamedList<T> begun = list;
        if (begun == null || event instanceof WatchEvents.Failed<T>) {
            events.add(event);
        } else if (begun.add(event)) {
            list = null;
            answer.listed(begun.whole());
        }
        return true;
    }

    private void addToList(int length) throws TooLargeException {
        listBytes += list == null ? 0 : length;
        if (listBytes > mostOfAList) {
            throw TooLargeException.list(listBytes, mostOfAList);
        }
    }

    private void tell() {
        if (!events.isEmpty()) {
            answer.events(events);
            events = new ArrayList<>();
        }
    }
}
