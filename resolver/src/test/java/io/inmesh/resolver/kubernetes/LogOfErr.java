package io.inmesh.resolver.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while it is open: slf4j-simple writes to System.err, which this takes over and gives back. One at a time. */
public final class LogOfErr implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    public LogOfErr() {
        System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
    }

    public String text() {
        return heard.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
