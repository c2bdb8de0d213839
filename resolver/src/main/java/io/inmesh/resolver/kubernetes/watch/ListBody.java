package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ObjectReader;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a list. It counts only when it is whole (rule A-14).
 *
 * <p>Threads: the transport's, one call after the other.
 */
final class ListBody<T> implements AnswerReceiver.Body {
    private static final int INITIAL = 16 * 1024;

    private final Reading<T> reading;
    private final Answer<T> answer;
    private final int most;
    private byte[] body = new byte[INITIAL];
    private int length;
    private boolean tooLarge;

    /** Makes a list of a body. */
    private interface Reading<T> {
        Listed<T> read(byte[] body, int length) throws IOException;
    }

    private ListBody(Reading<T> reading, int most, Answer<T> answer) {
        this.most = most;
        this.reading = reading;
        this.answer = answer;
    }

    /** For all that exists. */
    static <T> ListBody<T> whole(ObjectReader<T> read, Answer<T> answer) {
        return whole(read, TooLargeException.MOST_OF_A_LIST, answer);
    }

    /** The same for lists of at most so many bytes. */
    static <T> ListBody<T> whole(ObjectReader<T> read, int most, Answer<T> answer) {
        return new ListBody<>((body, length) -> WatchEvents.list(body, length, read), most, answer);
    }

    /** For some of it. */
    static <T> ListBody<T> page(ObjectReader<T> read, Answer<T> answer) {
        return new ListBody<>(
                (body, length) -> WatchEvents.page(body, length, read), TooLargeException.MOST_OF_A_LIST, answer);
    }

    @Override
    public void opened() {
        answer.byteCame();
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        int count = bytes.remaining();
        if (tooLarge) {
            return; // Nobody wants the rest.
        }
        answer.byteCame();
        if (count > most - length) {
            tooLarge = true;
            body = new byte[0];
            answer.unreadable(TooLargeException.list((long) length + count, most));
            return;
        }
        if (length + count > body.length) {
            body = Arrays.copyOf(body, Math.max(length + count, (int) Math.min(body.length * 2L, most)));
        }
        bytes.get(body, length, count);
        length += count;
    }

    @Override
    public void ended(@Nullable Throwable error) {
        if (tooLarge) {
            return;
        }
        if (error != null) {
            answer.refused(Refusal.noAnswer(error)); // Cut off in the middle.
            return;
        }
        Listed<T> list;
        try {
            list = reading.read(body, length);
        } catch (IOException | RuntimeException e) {
            answer.unreadable(e);
            return;
        }
        answer.listed(list);
    }
}
