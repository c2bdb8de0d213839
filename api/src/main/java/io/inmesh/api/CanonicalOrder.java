package io.inmesh.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order of an {@link EndpointSet}: by {@link Endpoint#hashKey()}, then by id. Every set is brought into it, the large ones many times a
 * second under churn, so no key is built for a comparison that can be decided without, and what comes in order is only looked
 * at.
 */
final class CanonicalOrder implements Comparator<Endpoint> {
    private static final CanonicalOrder INSTANCE = new CanonicalOrder();

    private CanonicalOrder() {}

    /** The endpoints in order, each id once; of two the first stays. */
    static List<Endpoint> of(List<Endpoint> endpoints) {
        if (endpoints instanceof SortedEndpoints) {
            return endpoints;
        }
        List<Endpoint> distinct = areDistinct(endpoints) ? endpoints : firstOfEachId(endpoints);
        if (!isSorted(distinct)) {
            distinct = new ArrayList<>(distinct);
            distinct.sort(INSTANCE);
        }
        return List.copyOf(distinct);
    }

    /** Whether the one stands before the other, as different endpoints do. */
    static boolean isBefore(Endpoint one, Endpoint other) {
        return INSTANCE.compare(one, other) < 0;
    }

    /** Looks each id up in a table of slots that is at most half full: no entries are made, unlike in a set. */
    private static boolean areDistinct(List<Endpoint> endpoints) {
        @Nullable String[] slots = new @Nullable String[Integer.highestOneBit(endpoints.size() + 1) * 4];
        for (Endpoint endpoint : endpoints) {
            String id = endpoint.id();
            int hash = id.hashCode();
            int slot = (hash ^ hash >>> 16) & slots.length - 1;
            for (String held = slots[slot]; held != null; held = slots[slot]) {
                if (held.equals(id)) {
                    return false;
                }
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = id;
        }
        return true;
    }

    private static List<Endpoint> firstOfEachId(List<Endpoint> endpoints) {
        Map<String, Endpoint> byId = new LinkedHashMap<>();
        for (Endpoint endpoint : endpoints) {
            byId.putIfAbsent(endpoint.id(), endpoint);
        }
        return new ArrayList<>(byId.values());
    }

    /** Looks at each name once: as long as none has a colon, the names themselves decide, and mostly their first few characters. */
    private static boolean isSorted(List<Endpoint> endpoints) {
        Endpoint last = null;
        String lastName = "";
        for (Endpoint endpoint : endpoints) {
            String name = name(endpoint);
            if (hasColon(name)) {
                return isSortedByKeys(endpoints);
            }
            if (last != null) {
                int order = lastName.equals(name) ? INSTANCE.compare(last, endpoint) : compareEnded(lastName, name);
                if (order > 0) {
                    return false;
                }
            }
            last = endpoint;
            lastName = name;
        }
        return true;
    }

    private static boolean isSortedByKeys(List<Endpoint> endpoints) {
        for (int i = 1; i < endpoints.size(); i++) {
            if (INSTANCE.compare(endpoints.get(i - 1), endpoints.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compare(Endpoint one, Endpoint other) {
        String name = name(one);
        String otherName = name(other);
        int order;
        if (name.equals(otherName) || hasColon(name) || hasColon(otherName)) {
            order = one.hashKey().compareTo(other.hashKey());
        } else {
            order = compareEnded(name, otherName);
        }
        return order == 0 ? one.id().compareTo(other.id()) : order;
    }

    /** Compares two different names as if each had a colon, and then whatever, at its end. */
    private static int compareEnded(String name, String otherName) {
        if (name.length() == otherName.length()) {
            return name.compareTo(
                    otherName); // What is at their ends decides nothing, and this is what a processor does fast.
        }
        int common = Math.min(name.length(), otherName.length());
        for (int i = 0; i < common; i++) {
            int difference = name.charAt(i) - otherName.charAt(i);
            if (difference != 0) {
                return difference;
            }
        }
        return name.length() < otherName.length() ? ':' - otherName.charAt(common) : name.charAt(common) - ':';
    }

    private static String name(Endpoint endpoint) {
        return endpoint.hostname() == null ? endpoint.host() : endpoint.hostname();
    }

    /** Then it is written in brackets, or cannot be told from what follows it. */
    private static boolean hasColon(String name) {
        return name.indexOf(':') >= 0;
    }
}
