package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints a key has, for a bounded number of keys. A key's place is one of the slots behind its hash; where all are taken, the one
 * that was asked for longest ago gives way if it has been idle for six minutes, else whoever stands at the hash itself. There are so many more
 * slots than keys that it hardly ever comes to that.
 *
 * <p>Threads: any. A slot is one reference to an immutable entry; two threads that write one at once leave the later one's.
 */
final class KeyTable {
    /** Slots that a key may stand in. */
    private static final int WINDOW = 32;

    /**
     * Slots for each key that shall keep its place. With a quarter of them taken, a key finds its whole window taken once in a thousand million times
     * ((a e^(1-a))^32 for a = 1/4); with all of them taken every fifth key would lose its place to another in every round.
     */
    private static final int SLOTS_EACH = 4;

    /** After so long without a request an entry may go, IPVS's number. */
    private static final long IDLE_NANOS = Duration.ofMinutes(6).toNanos();

    /** A use is noted this often at most, so that a hot key's entry stays in every core's cache. */
    private static final long NOTED_NANOS = Duration.ofSeconds(10).toNanos();

    private final AtomicReferenceArray<@Nullable Entry> slots;
    private final int mask;

    /** What is known of one key. */
    static final class Entry {
        final long hash;
        final EndpointView[] owners;
        final long modifiedNanos;

        /** Where each owner stood when it was last looked for. Written and read by any request for the key; whoever reads makes sure. */
        final int[] places;

        /** Written by any request for the key, read by those who look for room; a few seconds more or less do not matter. */
        private long usedNanos;

        Entry(long hash, EndpointView[] owners, long nowNanos) {
            this.hash = hash;
            this.owners = owners;
            this.places = new int[owners.length];
            this.modifiedNanos = nowNanos;
            this.usedNanos = nowNanos;
        }
    }

    KeyTable(int entries) {
        int size = sizeFor(entries);
        slots = new AtomicReferenceArray<>(size);
        mask = size - 1;
    }

    private static int sizeFor(int entries) {
        return Integer.highestOneBit(Math.max(WINDOW / SLOTS_EACH, entries) * 2 - 1) * SLOTS_EACH;
    }

    /** True if this is a table in which that many keep their places. */
    boolean holds(int entries) {
        return slots.length() == sizeFor(entries);
    }

    /** What is known of a key, or null. */
    @Nullable
    Entry find(long hash, long nowNanos) {
        for (int i = 0; i < WINDOW; i++) {
            Entry entry = slots.getAcquire((int) (hash + i) & mask);
            if (entry != null && entry.hash == hash) {
                if (nowNanos - entry.usedNanos > NOTED_NANOS) {
                    entry.usedNanos = nowNanos;
                }
                return entry;
            }
        }
        return null;
    }

    /** Remembers an entry, in the place of the key's older one if there is one. */
    void put(Entry entry, long nowNanos) {
        int free = -1;
        int oldest = (int) entry.hash & mask;
        long longest = IDLE_NANOS;
        for (int i = 0; i < WINDOW; i++) {
            int slot = (int) (entry.hash + i) & mask;
            Entry held = slots.getAcquire(slot);
            if (held != null && held.hash == entry.hash) {
                slots.setRelease(slot, entry);
                return;
            }
            if (held == null) {
                free = free < 0 ? slot : free;
            } else if (nowNanos - held.usedNanos > longest) {
                oldest = slot;
                longest = nowNanos - held.usedNanos;
            }
        }
        slots.setRelease(free >= 0 ? free : oldest, entry);
    }

    /** Forgets what belongs to any other endpoint than these. On the lane. */
    void retain(Set<EndpointView> endpoints) {
        for (int slot = 0; slot < slots.length(); slot++) {
            Entry entry = slots.getAcquire(slot);
            if (entry != null && !endpoints.containsAll(Arrays.asList(entry.owners))) {
                slots.compareAndSet(slot, entry, without(entry, endpoints));
            }
        }
    }

    private static @Nullable Entry without(Entry entry, Set<EndpointView> endpoints) {
        EndpointView[] left =
                Arrays.stream(entry.owners).filter(endpoints::contains).toArray(EndpointView[]::new);
        return left.length == 0 ? null : new Entry(entry.hash, left, entry.modifiedNanos);
    }

    /** How many keys are known. */
    int size() {
        int size = 0;
        for (int slot = 0; slot < slots.length(); slot++) {
            size += slots.getAcquire(slot) == null ? 0 : 1;
        }
        return size;
    }
}
