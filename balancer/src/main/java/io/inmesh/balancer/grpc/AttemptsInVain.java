package io.inmesh.balancer.grpc;

import io.inmesh.api.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once which settings a policy's own JSON holds for nothing: how calls are repeated and hedged, and what stands before them, is steered by the
 * service config of our resolver, which a channel of {@code disableServiceConfigLookUp()} does not heed and other resolvers do not have.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class AttemptsInVain {
    private static final Logger log = LoggerFactory.getLogger(AttemptsInVain.class);

    private static final List<String> STEERED = List.of("retry.", "hedge.", "budget.");

    /** What stands before the service; a breaker for each endpoint belongs to balancing, and is applied. */
    private static final Set<String> GUARDS =
            Set.of("resilience4j.circuit-breaker", "resilience4j.rate-limiter", "resilience4j.bulkhead");

    private Set<String> keys = Set.of();

    /**
     * Looks at what a channel goes by.
     *
     * @param said what the configuration of its policy says
     * @param ours what that of our resolver said in the same resolution, or null
     */
    void look(Target target, Map<String, String> said, @Nullable Map<String, String> ours) {
        Set<String> found = said.equals(ours) ? Set.of() : steered(said.keySet());
        if (!found.isEmpty() && !found.equals(keys)) {
            log.warn(
                    "{}: {} in the configuration of policy inmesh is not applied (expected: in the target, in code, in the application's settings or on the"
                            + " Service, and a channel that takes its service config from inmesh's resolver); this channel's calls are repeated as its own"
                            + " service config says, by methodConfig",
                    target,
                    String.join(", ", found));
        }
        keys = found;
    }

    private static Set<String> steered(Set<String> said) {
        Set<String> found = new TreeSet<>(said);
        found.removeIf(key -> !GUARDS.contains(key) && STEERED.stream().noneMatch(key::startsWith));
        return found;
    }

    /** Those that were found last. */
    Set<String> keys() {
        return keys;
    }
}
