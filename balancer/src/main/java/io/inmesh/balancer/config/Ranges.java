package io.inmesh.balancer.config;

import java.time.Duration;

/** The one text by which records of this room refuse a number. */
final class Ranges {
    /** The longest time that any setting takes: nanoseconds of it can be counted and added up. */
    static final Duration YEAR = Duration.ofDays(365);

    private Ranges() {}

    static void check(String room, String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(room + "." + key + ": " + text(value) + " (expected: a number from "
                    + text(least) + (most == Integer.MAX_VALUE ? " up" : " to " + text(most)) + ")");
        }
    }

    /** A time from zero, which is off, to the longest. */
    static void check(String room, String key, Duration value, Duration longest) {
        if (value.isNegative() || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    room + "." + key + ": " + value + " (expected: at most " + longest + ", or zero for off)");
        }
    }

    private static String text(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
