package io.inmesh.resolver.testing;

/** Numbers in queries. */
final class Versions {
    private Versions() {}

    /** Reads a number that is not negative; throws the refusal that the API would answer. */
    static long number(String parameter, String text) {
        if (!text.matches("\\d{1,18}")) {
            throw ApiRefusal.badRequest(parameter + ": Invalid value: \"" + text + "\": must be a number from 0 on");
        }
        return Long.parseLong(text);
    }
}
