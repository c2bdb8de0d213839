package io.inmesh.resolver.kubernetes;

import io.inmesh.api.EndpointSet;
import io.inmesh.resolver.kubernetes.snapshot.Snapshot;
import io.inmesh.resolver.kubernetes.snapshot.Snapshots;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one target: one that serves anywhere and one for the client's own place, of which one at a time is kept. A set in
 * which neither node nor zone had a say is found again by a pod that is scheduled to another node; one in which they had is used at the same
 * place only.
 *
 * <p>Threads: the lane, but for {@link #close()}.
 */
final class PlacedSnapshots {
    private final Snapshots.Use anywhere;
    private final Snapshots.Use here;

    private @Nullable Boolean placed; // Which one is kept; null before the first set. Touched on the lane only.

    PlacedSnapshots(Snapshots.Use anywhere, Snapshots.Use here) {
        this.anywhere = anywhere;
        this.here = here;
    }

    /** Reads the later of the two. Calls back once, on a thread that may block. */
    void readOnLane(Consumer<@Nullable Snapshot> found) {
        here.read(ofHere -> anywhere.read(ofAnywhere -> found.accept(later(ofHere, ofAnywhere))));
    }

    private static @Nullable Snapshot later(@Nullable Snapshot ofHere, @Nullable Snapshot ofAnywhere) {
        if (ofHere == null || ofAnywhere == null) {
            return ofHere == null ? ofAnywhere : ofHere;
        }
        return ofAnywhere.written().isAfter(ofHere.written()) ? ofAnywhere : ofHere;
    }

    /** The cluster said this set, and whether the client's place had a say in it. */
    void keepOnLane(EndpointSet live, boolean byPlace) {
        if (placed == null || placed != byPlace) {
            placed = byPlace;
            (byPlace ? anywhere : here).forget();
        }
        (byPlace ? here : anywhere).keep(live);
    }

    void forgetOnLane() {
        placed = null;
        anywhere.forget();
        here.forget();
    }

    /** From any thread. */
    void close() {
        anywhere.close();
        here.close();
    }
}
