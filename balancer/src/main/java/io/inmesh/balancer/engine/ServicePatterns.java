package io.inmesh.balancer.engine;

import io.inmesh.balancer.config.Settings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Settings that an application gives to all services whose names match a pattern: {@code *} stands for any characters but {@code .} and {@code :},
 * so that {@code *.shop} is every service in namespace shop.
 */
final class ServicePatterns {
    private static final char ANY = '*';

    private ServicePatterns() {}

    /** The settings whose patterns match one of the names: first the one with the most characters besides {@code *}, which says most. */
    static List<Settings> matching(Map<String, Settings> services, List<String> names) {
        return services.entrySet().stream()
                .filter(each -> each.getKey().indexOf(ANY) >= 0
                        && names.stream().anyMatch(name -> matches(each.getKey(), 0, name, 0)))
                .sorted(Comparator.comparingLong((Map.Entry<String, Settings> each) -> -letters(each.getKey()))
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static long letters(String pattern) {
        return pattern.chars().filter(c -> c != ANY).count();
    }

    private static boolean matches(String pattern, int at, String name, int from) {
        if (at == pattern.length()) {
            return from == name.length();
        }
        if (pattern.charAt(at) != ANY) {
            return from < name.length()
                    && pattern.charAt(at) == name.charAt(from)
                    && matches(pattern, at + 1, name, from + 1);
        }
        for (int end = from; ; end++) {
            if (matches(pattern, at + 1, name, end)) {
                return true;
            }
            if (end == name.length() || name.charAt(end) == '.' || name.charAt(end) == ':') {
                return false;
            }
        }
    }
}
