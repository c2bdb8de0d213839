package io.inmesh.spring.http.reactive;

import io.micrometer.observation.Observation;
import java.util.function.Supplier;
import reactor.util.context.ContextView;

/**
 * The observation in which WebClient made a request, which it tells by Reactor's context and not by the thread. The types are Spring's own API, so they
 * are there wherever WebClient is.
 */
final class CallersObservation {
    /** By which Micrometer's own accessor knows it. */
    private static final String KEY = "micrometer.observation";

    private CallersObservation() {}

    /** Does that in its scope, if there is one. */
    static <T> T inScope(ContextView context, Supplier<T> work) {
        Object found = context.getOrDefault(KEY, null);
        return found instanceof Observation observation ? observation.scoped(work) : work.get();
    }
}
