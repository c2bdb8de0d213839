package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.List;

/**
 * Decides which endpoints of one port and family this client may use, and for each other one the rule that says why not. Pure.
 *
 * <p>Today the conditions (group C) with the whole set as scope.
 */
public final class UsabilityRules {
    private static final Usability HIDDEN =
            new Usability.Draining("it shuts down, and another endpoint is ready (rule C-6)");
    private static final Usability NOT_READY =
            new Usability.Unusable("it is not ready, and not both serving and terminating (rule C-5)");

    private UsabilityRules() {}

    /** An endpoint and the decision. */
    record Judged(JoinedEndpoint joined, Usability usability) {}

    /**
     * Decides.
     *
     * @param endpoints all endpoints of the port in the family chosen
     * @return each endpoint, in the order given
     */
    static List<Judged> judge(List<JoinedEndpoint> endpoints) {
        boolean anyReady =
                endpoints.stream().anyMatch(joined -> joined.endpoint().ready());
        return endpoints.stream()
                .map(joined -> new Judged(joined, conditions(joined.endpoint(), anyReady)))
                .toList();
    }

    private static Usability conditions(SliceEndpoint endpoint, boolean anyReady) {
        if (endpoint.ready()) { // C-3: terminating or not.
            return Usability.usable();
        }
        if (endpoint.serving() && endpoint.terminating()) { // C-4 if nothing is ready, else C-6.
            return anyReady ? HIDDEN : Usability.usable();
        }
        return NOT_READY;
    }
}
