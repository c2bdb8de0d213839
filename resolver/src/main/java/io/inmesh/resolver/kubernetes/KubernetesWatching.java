package io.inmesh.resolver.kubernetes;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How what is read of a cluster is kept known; a part of {@link KubernetesConfig}, whose keys stand beside the others: {@code
 * inmesh.kubernetes.watch-silence}.
 *
 * @param watchSilence after how long without a sign of life a watch is given up and resumed, 1 s to 1 h. Default: 75 s; servers usually
 *     send a bookmark every minute (rule W-13)
 * @param singleWatches up to how many services of a namespace have watches of their own, 1 to 1000; above it one watch of the namespace
 *     serves them all (rule W-14). Default: 8. All watches of a namespace together hold at most twice as many streams, those of pods
 *     included: where pods are watched as well, for weights or as targets, a third of that is left for each kind
 * @param lookupInterval how often the addresses behind an external name are looked up again, 1 s to 1 h (rule X-3). Default: 30 s
 * @param snapshots a directory that keeps the last known endpoints for a start while the API server is down, made if it does not exist;
 *     null, the default, keeps none. See below
 *
 * <h2>Snapshots</h2>
 *
 * <p>For each target in use one file holds the last set of endpoints that the cluster told: addresses, ports, weights, places, whether
 * they are usable, names of pods, the Service's uid and its {@code inmesh.io/} annotations. No secret is in it. It is written at most every
 * 5 s, whole or not at all, and again once a day while the target is in use; where the cluster says that there is no such Service or port,
 * the file is removed. It must lie where the next life of the process finds it: an {@code emptyDir} outlives a container, not a pod.
 *
 * <p>A set is used if the API server cannot be asked, or has said nothing for 2 s, when a resolver starts. It is marked {@linkplain
 * io.inmesh.api.EndpointSet#stale() stale} and replaced as soon as the cluster itself has answered. A server that forbids reading has
 * not answered: the set is used, and FORBIDDEN is logged as a warning and told to observers with the Role to add. It is not used if it is older
 * than 7 days, if nothing in it is usable, or if it was kept for another cluster, network, family or way of reading; nor for another node
 * or zone where those had a say in it, by a traffic policy that is Local or by hints. A file that is damaged, and a directory that cannot be
 * written to, cost one warning and nothing else.
 */
public record KubernetesWatching(
        Duration watchSilence,
        int singleWatches,
        Duration lookupInterval,
        @Nullable Path snapshots) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_WATCHES = 1000;

    /** Everything at its default. */
    public static final KubernetesWatching DEFAULT =
            new KubernetesWatching(Duration.ofSeconds(75), 8, Duration.ofSeconds(30), null);

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException naming key, value and expectation
     */
    public KubernetesWatching {
        checkRange("watch-silence", watchSilence);
        checkRange("lookup-interval", lookupInterval);
        if (singleWatches < 1 || singleWatches > MOST_WATCHES) {
            throw KubernetesConfig.refusal("single-watches", singleWatches, "1.." + MOST_WATCHES);
        }
    }

    private static void checkRange(String key, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw KubernetesConfig.refusal(key, value, "1s to 1h");
        }
    }

    /** The same with another limit to silence. */
    public KubernetesWatching withWatchSilence(Duration newWatchSilence) {
        return new KubernetesWatching(newWatchSilence, singleWatches, lookupInterval, snapshots);
    }

    /** The same with another number of single watches. */
    public KubernetesWatching withSingleWatches(int newSingleWatches) {
        return new KubernetesWatching(watchSilence, newSingleWatches, lookupInterval, snapshots);
    }

    /** The same with another interval. */
    public KubernetesWatching withLookupInterval(Duration newLookupInterval) {
        return new KubernetesWatching(watchSilence, singleWatches, newLookupInterval, snapshots);
    }

    /** The same with another directory. */
    public KubernetesWatching withSnapshots(@Nullable Path newSnapshots) {
        return new KubernetesWatching(watchSilence, singleWatches, lookupInterval, newSnapshots);
    }
}
