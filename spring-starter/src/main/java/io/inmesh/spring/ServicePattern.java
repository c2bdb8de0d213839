package io.inmesh.spring;

import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Names of services with {@code *} in them: settings for all that match, as in {@code inmesh.services[*.shop].policy}. What a pattern says is
 * outranked by what a name says; of several patterns the one with more letters wins.
 */
final class ServicePattern {
    private static final String PART = "[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?";
    private static final Pattern FORM = Pattern.compile(PART + "(\\." + PART + ")?(:" + PART + ")?");

    private ServicePattern() {}

    static boolean isOne(String name) {
        return name.indexOf('*') >= 0;
    }

    /** Calls back with a key and the reason if the pattern cannot be meant. */
    static void check(String name, ServiceProperties.Service service, BiConsumer<String, String> refuse) {
        if (!FORM.matcher(name).matches()) {
            refuse.accept(
                    service.anyKey(),
                    "pattern '" + name
                            + "' (expected: SERVICE, SERVICE.NAMESPACE or either with :PORT, in small letters,"
                            + " with * for any letters, as in *.shop)");
        }
        if (service.port() != null || service.endpoints() != null || service.target() != null) {
            refuse.accept(
                    service.anyKey(),
                    "pattern '" + name
                            + "' (expected: the name of one service; a pattern gives settings of balancing only)");
        }
    }
}
