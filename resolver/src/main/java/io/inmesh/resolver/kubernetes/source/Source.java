package io.inmesh.resolver.kubernetes.source;

import io.inmesh.resolver.kubernetes.object.ObjectName;
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
}
