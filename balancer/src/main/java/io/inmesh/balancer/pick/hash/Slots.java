package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Exclusion;
import org.jspecify.annotations.Nullable;

/**
 * A table of slots, each with its owner: a hash belongs to the slot it is modulo the number of slots. Two bytes a slot while there are no
 * more than 65536 endpoints.
 *
 * <p>Cost: one division and one read.
 */
final class Slots implements Owners {
    /** How often a key whose owner cannot be had is hashed again, before the table is walked. */
    private static final int REHASHES = 4;

    private final int size;
    private final char @Nullable [] small;
    private final int[] large;

    /** A table with these owners, by index of the endpoint. */
    Slots(int[] owners) {
        size = owners.length;
        boolean fits = true;
        for (int owner : owners) {
            fits &= owner <= Character.MAX_VALUE;
        }
        small = fits ? new char[size] : null;
        large = fits ? new int[0] : owners;
        if (small != null) {
            for (int slot = 0; slot < size; slot++) {
                small[slot] = (char) owners[slot];
            }
        }
    }

    @Override
    public int owner(long hash) {
        return inSlot((int) Long.remainderUnsigned(hash, size));
    }

    /** Who owns a slot. */
    int inSlot(int slot) {
        return small == null ? large[slot] : small[slot];
    }

    /** How many slots there are. */
    int size() {
        return size;
    }

    /** Hashes again a few times, as Envoy does, then walks on from the last place. */
    @Override
    public int next(long hash, EndpointView[] endpoints, PickContext context, Exclusion exclusion) {
        for (int attempt = 1; attempt <= REHASHES; attempt++) {
            int owner = owner(Keys.again(hash, attempt));
            if (!exclusion.holds(context, endpoints[owner])) {
                return owner;
            }
        }
        int start = (int) Long.remainderUnsigned(Keys.again(hash, REHASHES), size);
        for (int i = 0; i < size; i++) {
            int owner = inSlot((start + i) % size);
            if (!exclusion.holds(context, endpoints[owner])) {
                return owner;
            }
        }
        return -1;
    }
}
