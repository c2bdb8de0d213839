package io.inmesh.spring.http.wire;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way. The peer sees its end only if all of it was written: half of one, be it that its writer failed or that the answer came
 * before, must not look whole.
 *
 * <p>Threads: one at a time.
 */
final class SentBody extends FilterOutputStream {
    /** Parts are no longer: an early answer is looked for between them, and a channel takes as much memory outside the heap as a part has, and keeps it. */
    private static final int PART = 64 * 1024;

    /** How many bytes are sent before an answer is looked for again, which is not for nothing. */
    private static final int LOOK = 8 * 1024;

    private final long length;
    private final Answered answered;
    private long written;

    /** From there on the peer's answer is looked for once more. */
    private long lookAt;

    private boolean whole;
    private @Nullable IOException failure;

    /**
     * Creates it.
     *
     * @param length as the request says; negative for unknown, in chunks
     * @param answered asked before each part
     */
    SentBody(OutputStream out, long length, Answered answered) {
        super(out);
        this.length = length;
        this.answered = answered;
    }

    /** Whether the answer is here, so that there is no use in sending on. */
    @FunctionalInterface
    interface Answered {
        boolean isSo() throws IOException;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (length >= 0 && count > length - written) {
            throw new IllegalArgumentException(wrongLength("is longer"));
        }
        try {
            for (int done = 0; done < count; done += PART) {
                lookForAnswer(written + done);
                out.write(bytes, offset + done, Math.min(PART, count - done));
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        written += count;
    }

    private void lookForAnswer(long sent) throws IOException {
        if (sent >= lookAt) {
            lookAt = sent + LOOK;
            if (answered.isSo()) {
                throw new IOException("the peer has answered before all was sent");
            }
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            super.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * All of it is written, as its writer thinks.
     *
     * @throws IOException if it could not be sent, whether its writer said so or not
     * @throws IllegalArgumentException if that is less than the request says
     */
    void end() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (length > written) {
            throw new IllegalArgumentException(wrongLength("has " + written + " bytes"));
        }
        whole = true;
    }

    private String wrongLength(String found) {
        return "header Content-Length says " + length + ", and the body " + found
                + " (expected: the same; leave it out where the length is not known)";
    }

    boolean isWhole() {
        return whole && failure == null;
    }

    /** Why it could not be sent on; null if that was not what failed. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Of its writer it says nothing. */
    @Override
    public void close() throws IOException {
        if (!isWhole()) {
            return;
        }
        try {
            super.close();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
