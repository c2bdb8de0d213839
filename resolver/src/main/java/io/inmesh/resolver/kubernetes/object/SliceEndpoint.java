package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Locality;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a slice, its conditions with the defaults of rule C-1.
 *
 * @param address its first address in canonical form (rules)
 * @param ready may get new connections
 * @param serving answers
 * @param terminating is shutting down
 * @param locality node and zone
 * @param hostname its name inside a headless service, or null (rule H-2)
 * @param podUid uid of the pod behind it, or null
 * @param podName name of that pod, or null
 * @param zoneHints zones that should use it, empty for no hint (rule T-7)
 * @param nodeHints nodes that should use it, empty for no hint
 */
public record SliceEndpoint(
        String address,
        boolean ready,
        boolean serving,
        boolean terminating,
        Locality locality,
        @Nullable String hostname,
        @Nullable String podUid,
        @Nullable String podName,
        List<String> zoneHints,
        List<String> nodeHints) {

    public SliceEndpoint {
        zoneHints = List.copyOf(zoneHints);
        nodeHints = List.copyOf(nodeHints);
    }
}
