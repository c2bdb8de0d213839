package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import io.inmesh.api.Locality;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Makes one object of equal ones, as far as it remembers: the endpoints of a service name the same few nodes, zones and ports over and
 * over. Each table has one slot per hash and the newcomer takes it, so memory is bounded whatever comes, and a value forgotten is only
 * a value kept twice.
 *
 * <p>Threads: any. Two that write one slot at once may each keep their own copy: both are right.
 */
final class Interner {
    private static final int SLOTS = 1024; // A power of two, 4 KB a table: more nodes than most clusters have.

    private final AtomicReferenceArray<String> texts = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReferenceArray<Locality> places = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReferenceArray<List<String>> lists = new AtomicReferenceArray<>(SLOTS);

    /** The text that the parser stands at; one that is remembered is not built again. */
    String text(JsonParser json) throws IOException {
        char[] chars = json.getTextCharacters();
        int from = json.getTextOffset();
        int length = json.getTextLength();
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + chars[from + i];
        }
        int slot = slot(hash);
        String kept = texts.getAcquire(slot);
        if (kept != null && kept.length() == length && isSame(kept, chars, from)) {
            return kept;
        }
        String text = new String(chars, from, length);
        texts.setRelease(slot, text);
        return text;
    }

    Locality place(Locality place) {
        return same(places, place);
    }

    List<String> list(List<String> list) {
        return list.isEmpty() ? List.of() : same(lists, list);
    }

    private static <V> V same(AtomicReferenceArray<V> table, V value) {
        int slot = slot(value.hashCode());
        V kept = table.getAcquire(slot);
        if (value.equals(kept)) {
            return kept;
        }
        table.setRelease(slot, value);
        return value;
    }

    private static boolean isSame(String kept, char[] chars, int from) {
        for (int i = 0; i < kept.length(); i++) {
            if (kept.charAt(i) != chars[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
