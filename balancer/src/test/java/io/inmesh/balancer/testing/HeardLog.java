package io.inmesh.balancer.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged while it is open: slf4j-simple writes to System.err, which this takes over and gives back. One at a time. */
public final class HeardLog implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    /** Begins to hear. */
    public HeardLog() {
        System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
    }

    /** The logged lines that contain that text. */
    public List<String> lines(String text) {
        return heard.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(text))
                .toList();
    }

    @Override
    public void close() {
        System.setErr(before);
        before.print(heard.toString(StandardCharsets.UTF_8));
    }
}
