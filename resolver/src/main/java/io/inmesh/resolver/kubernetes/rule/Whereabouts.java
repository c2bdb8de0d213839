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
     * For each of the list the index of the same endpoint under the same number in the list before, whatever is spoken there, or {@link
     * #NOWHERE}; rising, so no index is named twice.
     *
     * @param before in the order of addresses and numbers, or fewer are found
     * @param now likewise
     */
    static int[] of(List<JoinedEndpoint> before, List<JoinedEndpoint> now) {
        int[] indices = new int[now.size()];
        int at = 0;
        for (int i = 0; i < indices.length; i++) {
            boolean found = isSame(before, at, now, i);
            if (!found) {
                at = firstNotBefore(now.get(i), before, at);
                found = at < before.size() && isAlike(before.get(at), now.get(i));
            }
            indices[i] = found ? at++ : NOWHERE;
        }
        return indices;
    }

    /** Asked of lists of anything: a cast would look into each, and they are far apart. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isSame(List<?> before, int at, List<?> now, int index) {
        return at < before.size() && before.get(at) == now.get(index);
    }

    private static boolean isAlike(JoinedEndpoint one, JoinedEndpoint other) {
        return one.port() == other.port() && one.endpoint().equals(other.endpoint());
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
