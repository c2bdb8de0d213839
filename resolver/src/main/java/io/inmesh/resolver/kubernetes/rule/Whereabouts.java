package io.inmesh.resolver.kubernetes.rule;

import java.util.List;

/**
 * Where what was joined stood the last time. Both lists are mostly the same objects in the same order, so they are walked side by side
 * and nothing is looked into but where they differ. Pure.
 */
final class Whereabouts {
    /** It was not there, or not in that order. */
    static final int NOWHERE = -1;

    private Whereabouts() {}

    /**
     * For each of the list the index of an equal one in the list before, or {@link #NOWHERE}; rising, so no index is named twice.
     *
     * @param before in the order of addresses and numbers, or fewer are found
     * @param now likewise
     */
    @SuppressWarnings("ReferenceEquality") // Mostly the same object; if not, they are compared.
    static int[] of(List<JoinedEndpoint> before, List<JoinedEndpoint> now) {
        int[] indices = new int[now.size()];
        int at = 0;
        for (int i = 0; i < indices.length; i++) {
            Object joined = now.get(i); // As an object: a cast would look into each, and they are far apart.
            Object held = at < before.size() ? before.get(at) : null;
            if (held != joined) {
                at = firstNotBefore(now.get(i), before, at);
                held = at < before.size() ? before.get(at) : null;
            }
            indices[i] = joined == held || joined.equals(held) ? at++ : NOWHERE;
        }
        return indices;
    }

    private static int firstNotBefore(JoinedEndpoint joined, List<JoinedEndpoint> before, int from) {
        int at = from;
        while (at < before.size() && isBefore(before.get(at), joined)) {
            at++;
        }
        return at;
    }

    private static boolean isBefore(JoinedEndpoint one, JoinedEndpoint other) {
        int order =
                AddressOrder.compare(one.endpoint().address(), other.endpoint().address());
        return order < 0 || (order == 0 && one.port() < other.port());
    }
}
