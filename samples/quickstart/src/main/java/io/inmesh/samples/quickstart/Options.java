package io.inmesh.samples.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked for.
 *
 * @param policy the application-wide default policy, or null for the library's
 * @param length how long to run
 * @param perSecond requests (or, on a given service, picks) a second, all together
 * @param kubeconfig leads to a real cluster; null for the embedded API or, in a pod, the pod's own cluster
 * @param service the target to look at, or null to play the main job
 */
record Options(
        @Nullable String policy,
        Duration length,
        int perSecond,
        @Nullable Path kubeconfig,
        @Nullable String service) {

    static final Duration DEFAULT_LENGTH = Duration.ofSeconds(25);
    static final int DEFAULT_PER_SECOND = 400;

    /** Nothing asked for. */
    static final Options DEFAULT = new Options(null, DEFAULT_LENGTH, DEFAULT_PER_SECOND, null, null);

    Options withPolicy(String newPolicy) {
        return new Options(newPolicy, length, perSecond, kubeconfig, service);
    }

    Options withLength(Duration newLength) {
        return new Options(policy, newLength, perSecond, kubeconfig, service);
    }

    Options withPerSecond(int newRate) {
        return new Options(policy, length, newRate, kubeconfig, service);
    }

    Options withKubeconfig(Path newKubeconfig) {
        return new Options(policy, length, perSecond, newKubeconfig, service);
    }

    Options withService(String newService) {
        return new Options(policy, length, perSecond, kubeconfig, newService);
    }
}
