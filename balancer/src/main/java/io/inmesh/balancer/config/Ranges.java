package io.inmesh.balancer.config;

/** The one text by which records of this room refuse a number. */
final class Ranges {
    private Ranges() {}

    static void check(String room, String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(room + "." + key + ": " + text(value) + " (expected: a number from "
                    + text(least) + (most == Integer.MAX_VALUE ? " up" : " to " + text(most)) + ")");
        }
    }

    private static String text(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
