package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects, one version counter over all of them, and the log of changes that watches resume from.
 *
 * <p>Threads: any; everything is guarded by this. Followers are told under the lock, in the order of versions, so they must only
 * take note.
 */
final class ResourceStore {

    // Enough for every test; a server that runs for hours must not keep every slice it ever had.
    private static final int EVENTS_KEPT = 4000;

    // Objects get creation times on a made-up calendar, one second a version: a test sees the same ones on every run.
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    /** Hears of changes under the store's lock. */
    interface Follower {

        /** An object changed. */
        void changed(StoreEvent event);

        /** All objects there were have been told as added; what follows is newer than that version. */
        void caughtUp(long version);

        /** Everything up to that version has been told. */
        void reached(long version);
    }

    /** Objects at one version. */
    record Listing(long version, List<ObjectNode> objects) {}

    private record Key(String namespace, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
        }
    }

    private final Map<ResourceType, NavigableMap<Key, ObjectNode>> objects = new HashMap<>();
    private final Deque<StoreEvent> log = new ArrayDeque<>();
    private final Set<Follower> followers = new LinkedHashSet<>();
    private final Map<Follower, Long> expecting = new HashMap<>(); // Those that began at a version of the future.
    private long version = 1;
    private final Map<ResourceType, Long> replayed = new HashMap<>(); // The last recorded version of each type.
    private long compacted = 1;

    /** Creates or replaces; equal content changes nothing, as in the real API. */
    synchronized ObjectNode put(ResourceType type, ObjectNode given) {
        Key key = keyOf(type, given);
        ObjectNode before = of(type).get(key);
        String newUid = given.path("metadata").path("uid").asText();
        if (before != null && !newUid.isEmpty() && !newUid.equals(uid(before))) {
            delete(type, key.namespace(), key.name());
            before = null;
        }
        ObjectNode object = completed(type, key, given, before);
        if (before != null && object.equals(before)) {
            return before;
        }
        object.withObject("/metadata").put("resourceVersion", Long.toString(version + 1));
        append(new StoreEvent(
                type, before == null ? StoreEvent.Kind.ADDED : StoreEvent.Kind.MODIFIED, version + 1, object, before));
        return object;
    }

    /**
     * Removes an object.
     *
     * @return false if there is none
     */
    synchronized boolean delete(ResourceType type, String namespace, String name) {
        ObjectNode before = of(type).get(new Key(namespace, name));
        if (before == null) {
            return false;
        }
        ObjectNode last = before.deepCopy();
        last.withObject("/metadata").put("resourceVersion", Long.toString(version + 1));
        append(new StoreEvent(type, StoreEvent.Kind.DELETED, version + 1, last, before));
        return true;
    }

    /** Runs that while nobody else changes anything. */
    synchronized <R> R undisturbed(Supplier<R> change) {
        return change.get();
    }

    synchronized @Nullable ObjectNode find(ResourceType type, String namespace, String name) {
        return of(type).get(new Key(namespace, name));
    }

    synchronized long version() {
        return version;
    }

    /** What a list gets that must not be older than that version. */
    synchronized Listing list(ResourceType type, Selection selection, long notOlderThan) {
        refuseFuture(notOlderThan);
        return new Listing(version, matching(of(type).values(), selection));
    }

    /** What a list gets that must be of exactly that version: changes since are taken back. */
    synchronized Listing listAt(ResourceType type, Selection selection, long exactVersion) {
        refuseFuture(exactVersion);
        refusePast(exactVersion);
        NavigableMap<Key, ObjectNode> then = new TreeMap<>(of(type));
        log.descendingIterator().forEachRemaining(event -> {
            if (event.version() > exactVersion && event.type().equals(type)) {
                Key key = keyOf(type, event.object());
                ObjectNode previous = event.previous();
                if (previous == null) {
                    then.remove(key);
                } else {
                    then.put(key, previous);
                }
            }
        });
        return new Listing(exactVersion, matching(then.values(), selection));
    }

    /**
     * Tells the follower every change of any type after that version, those of the past at once. A version of the future is accepted, as by
     * the real API server, and nothing is told until it has passed: only lists are refused then.
     */
    synchronized void follow(long after, Follower follower) {
        refusePast(after);
        log.stream().filter(event -> event.version() > after).forEach(follower::changed);
        if (after > version) {
            expecting.put(follower, after);
        }
        followers.add(follower);
    }

    /** Tells the follower every change of any type from now on. */
    synchronized void followFromNow(Follower follower) {
        followers.add(follower);
    }

    /** Tells the follower every object of a type as added, then every change of any type (rule W-8). */
    synchronized void followFromStart(ResourceType type, long notOlderThan, Follower follower) {
        refuseFuture(notOlderThan);
        for (ObjectNode object : of(type).values()) {
            long objectVersion = object.path("metadata").path("resourceVersion").asLong();
            follower.changed(new StoreEvent(type, StoreEvent.Kind.ADDED, objectVersion, object, null));
        }
        follower.caughtUp(version);
        followers.add(follower);
    }

    synchronized void unfollow(Follower follower) {
        followers.remove(follower);
        expecting.remove(follower);
    }

    /** Tells every follower which version it has reached. */
    synchronized void tellVersion() {
        followers.forEach(this::tellVersion);
    }

    /** Tells one follower which version it has reached. */
    synchronized void tellVersion(Follower follower) {
        if (version > expecting.getOrDefault(follower, 0L)) {
            follower.reached(version);
        }
    }

    /** Takes over what a recorded list says, versions included. */
    synchronized void restore(ResourceType type, long listVersion, List<ObjectNode> listed) {
        NavigableMap<Key, ObjectNode> known = of(type);
        known.clear();
        listed.forEach(object -> known.put(keyOf(type, object), object));
        version = Math.max(version, listVersion);
        replayed.put(type, listVersion);
        log.clear();
        compacted = version;
    }

    /**
     * Takes over a recorded change under its own version, or the next free one if another type has reached that: each watch keeps its
     * order, but one may be later than another.
     */
    synchronized void replay(ResourceType type, StoreEvent.Kind kind, long eventVersion, ObjectNode object) {
        long before = replayed.getOrDefault(type, 0L);
        if (eventVersion <= before) {
            throw new IllegalArgumentException("recorded " + kind + " of " + keyOf(type, object) + ": version "
                    + eventVersion + " (expected: greater than " + before
                    + ", so give the lines of each type in the order of their versions)");
        }
        replayed.put(type, eventVersion);
        long free = version + 1;
        if (eventVersion < free) { // So that who has seen that much of other types does not miss it when resuming.
            object.withObject("/metadata").put("resourceVersion", Long.toString(free));
        }
        append(new StoreEvent(type, kind, Math.max(eventVersion, free), object, of(type).get(keyOf(type, object))));
    }

    /** Goes on to a recorded version without a change. */
    synchronized void reach(long newVersion) {
        version = Math.max(version, newVersion);
        tellVersion();
    }

    /** Forgets the log: what asks for changes after an older version is refused from now on. */
    synchronized void compact() {
        log.clear();
        // A version of its own, so that not even the last one known to a client is still good.
        compacted = ++version;
    }

    private void append(StoreEvent event) {
        version = event.version();
        Key key = keyOf(event.type(), event.object());
        if (event.kind() == StoreEvent.Kind.DELETED) {
            of(event.type()).remove(key);
        } else {
            of(event.type()).put(key, event.object());
        }
        log.addLast(event);
        if (log.size() > EVENTS_KEPT) {
            compacted = log.removeFirst().version();
        }
        for (Follower follower : followers) {
            if (event.version() > expecting.getOrDefault(follower, 0L)) {
                follower.changed(event);
            }
        }
    }

    private void refuseFuture(long asked) {
        if (asked > version) {
            throw ApiRefusal.tooLarge(asked, version);
        }
    }

    private void refusePast(long asked) {
        if (asked < compacted) {
            throw ApiRefusal.tooOld(asked, compacted);
        }
    }

    private NavigableMap<Key, ObjectNode> of(ResourceType type) {
        return objects.computeIfAbsent(type, any -> new TreeMap<>());
    }

    private static List<ObjectNode> matching(Collection<ObjectNode> candidates, Selection selection) {
        List<ObjectNode> matching = new ArrayList<>();
        candidates.stream().filter(selection::matches).forEach(matching::add);
        return matching;
    }

    private static Key keyOf(ResourceType type, ObjectNode object) {
        String namespace = object.path("metadata").path("namespace").asText();
        String name = object.path("metadata").path("name").asText();
        boolean namespaced = type.scope() == ResourceType.Scope.NAMESPACED;
        if (name.isEmpty() || namespace.isEmpty() == namespaced) {
            throw new IllegalArgumentException(type.kind() + " '" + name + "' in namespace '" + namespace
                    + "' (expected: metadata.name" + (namespaced ? " and metadata.namespace)" : " and no namespace)"));
        }
        return new Key(namespace, name);
    }

    private ObjectNode completed(ResourceType type, Key key, ObjectNode given, @Nullable ObjectNode before) {
        ObjectNode object = given.deepCopy();
        ObjectNode metadata = object.withObject("/metadata");
        metadata.remove("resourceVersion");
        if (metadata.path("uid").asText().isEmpty()) {
            metadata.put("uid", before == null ? newUid(type, key) : uid(before));
        }
        if (before != null) {
            metadata.set("resourceVersion", before.path("metadata").path("resourceVersion"));
        }
        if (!metadata.has("creationTimestamp")) {
            metadata.put(
                    "creationTimestamp",
                    before == null
                            ? EPOCH.plusSeconds(version + 1).toString()
                            : before.path("metadata").path("creationTimestamp").asText());
        }
        return object;
    }

    private String newUid(ResourceType type, Key key) {
        String seed = type.qualifiedName() + "/" + key.namespace() + "/" + key.name() + "/" + (version + 1);
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static String uid(ObjectNode object) {
        return object.path("metadata").path("uid").asText();
    }
}
