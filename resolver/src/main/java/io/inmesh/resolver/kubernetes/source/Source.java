package io.inmesh.resolver.kubernetes.source;

import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.List;
import java.util.Optional;

/**
 * Something that can be known of the cluster and that rules may ask {@link Known} for. A key: two that are equal are the same thing,
 * and are kept known once, however many ask.
 *
 * @param <T> what is known of it: a value that never changes; what is new is another value
 */
public sealed interface Source<T> {

    /** The namespace whose lane keeps it, empty for what belongs to none. */
    String namespace();

    /** A Service; empty if the API has none of that name. */
    record OneService(ObjectName name) implements Source<Optional<ServiceObject>> {
        @Override
        public String namespace() {
            return name.namespace();
        }
    }

    /** The EndpointSlices of a Service, sorted by name (rules ). */
    record SlicesOf(ObjectName service) implements Source<List<Slice>> {
        @Override
        public String namespace() {
            return service.namespace();
        }
    }

    /** All Nodes, sorted by name (rule S-23). */
    record AllNodes() implements Source<List<NodeObject>> {
        @Override
        public String namespace() {
            return "";
        }
    }

    /** The zone of one Node; empty if it has none, does not exist or may not be read (rule T-10). */
    record ZoneOf(String node) implements Source<Optional<String>> {
        @Override
        public String namespace() {
            return "";
        }
    }

    /** The addresses behind a host name, canonical and sorted (rule X-3). */
    record AddressesOf(String host) implements Source<List<String>> {
        @Override
        public String namespace() {
            return "";
        }
    }

    /** The Endpoints object of a Service; empty if there is none (rule E-2). */
    record EndpointsOf(ObjectName service) implements Source<Optional<EndpointsObject>> {
        @Override
        public String namespace() {
            return service.namespace();
        }
    }

    /** The pods that a label selector matches, in the API's own syntax, sorted by name (group I). */
    record PodsBy(String namespace, String selector) implements Source<List<PodObject>> {}
}
