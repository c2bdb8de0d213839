package io.inmesh.resolver.testing;

import java.time.Duration;

/**
 * How fast a {@link FaultyProxy} passes bytes on, and in what pieces.
 *
 * @param pieceBytes the most bytes that are written at once, 1 or more
 * @param pause how long is waited before each piece, zero or longer
 */
public record Pace(int pieceBytes, Duration pause) {

    /** As they come. */
    public static final Pace FULL = new Pace(Integer.MAX_VALUE, Duration.ZERO);

    /** Checks both. */
    public Pace {
        if (pieceBytes < 1) {
            throw new IllegalArgumentException("pieceBytes: " + pieceBytes + " (expected: 1 or more)");
        }
        if (pause.isNegative()) {
            throw new IllegalArgumentException("pause: " + pause + " (expected: zero or longer)");
        }
    }

    /** Each byte on its own, so that whoever reads may find anything cut anywhere. */
    public static Pace byteByByte() {
        return new Pace(1, Duration.ZERO);
    }

    /** A few bytes from time to time: a connection that lives and hardly moves. */
    public static Pace trickle(int pieceBytes, Duration pause) {
        return new Pace(pieceBytes, pause);
    }

    /** Everything that much later. */
    public static Pace delayed(Duration by) {
        return new Pace(Integer.MAX_VALUE, by);
    }
}
