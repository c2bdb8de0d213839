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

    private final ObjectReader<T> read;
    private final Answer<T> answer;
    private byte[] body = new byte[INITIAL];
    private int length;

    ListBody(ObjectReader<T> read, Answer<T> answer) {
        this.read = read;
        this.answer = answer;
    }

    @Override
    public void opened() {
        answer.byteCame();
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        answer.byteCame();
        int count = bytes.remaining();
        if (length + count > body.length) {
            body = Arrays.copyOf(body, Math.max(length + count, body.length * 2));
        }
        bytes.get(body, length, count);
        length += count;
    }

    @Override
    public void ended(@Nullable Throwable error) {
        if (error != null) {
            answer.refused(Refusal.noAnswer(error)); // Cut off in the middle.
            return;
        }
        Listed<T> list;
        try {
            list = WatchEvents.list(body, length, read);
        } catch (IOException | RuntimeException e) {
            answer.unreadable(e);
            return;
        }
        answer.listed(list);
    }
}
