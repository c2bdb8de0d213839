package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client outside the pod network knows besides the Service.
 *
 * @param client its place; says why it is taken to be outside
 * @param nodes the nodes, empty if they are not known
 * @param nodesRefused why they are not, with what to do about it (rule R-6), or null
 * @param joined the joined endpoints of the port in a family: never connected to from here, but they tell which nodes serve it; null if
 *     they may not be read
 */
record OutsideView(
        ClientPlace client,
        Collection<NodeObject> nodes,
        @Nullable String nodesRefused,
        @Nullable Function<AddressFamily, List<JoinedEndpoint>> joined) {

    /** Whether it is known which endpoints there are. */
    boolean tellsEndpoints() {
        return joined != null;
    }

    /** The endpoints of a family, none if they are not known. */
    List<JoinedEndpoint> endpoints(AddressFamily family) {
        return joined == null ? List.of() : joined.apply(family);
    }
}
