package io.inmesh.spring.http.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A body that came compressed, as it was before. Reads nothing before it is asked to, and reads what it unpacks to its very end, so that the connection
 * is free then; a body of no bytes is one, compressed or not.
 *
 * <p>Threads: one at a time.
 */
final class InflatedBody extends InputStream {
    static final String ENCODING = "gzip";

    private final PushbackInputStream packed;
    private final Runnable whenBroken;
    private @Nullable InputStream unpacked;
    private @Nullable IOException failure;
    private boolean over;

    /**
     * Creates it.
     *
     * @param whenBroken told that it cannot be read on
     */
    InflatedBody(InputStream packed, Runnable whenBroken) {
        this.packed = new PushbackInputStream(packed, 1);
        this.whenBroken = whenBroken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure; // Never the end, which a second look might take it for.
        }
        if (over) {
            return -1;
        }
        try {
            InputStream from = unpacked == null ? open() : unpacked;
            int read = from.read(bytes, offset, length);
            if (read < 0) {
                packed.transferTo(OutputStream.nullOutputStream());
                close();
            }
            return read;
        } catch (IOException e) {
            failure = e;
            whenBroken.run();
            close();
            throw e;
        }
    }

    private InputStream open() throws IOException {
        int first = packed.read();
        if (first >= 0) {
            packed.unread(first);
        }
        InputStream opened = first < 0 ? packed : new GZIPInputStream(new NeverOver(packed));
        unpacked = opened;
        return opened;
    }

    @Override
    public int available() throws IOException {
        return unpacked == null || over ? 0 : unpacked.available();
    }

    /** Gives back what unpacking holds outside the heap. By who reads, or after. */
    @Override
    public void close() throws IOException {
        over = true;
        if (unpacked != null) {
            unpacked.close();
        }
    }

    /** Says that there is more, since the JDK takes what is not here yet for the end, and leaves out all parts but the first. */
    private static final class NeverOver extends FilterInputStream {
        private NeverOver(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
