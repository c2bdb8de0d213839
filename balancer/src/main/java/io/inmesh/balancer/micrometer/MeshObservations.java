package io.inmesh.balancer.micrometer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.observe.CallObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Shows in an {@link ObservationRegistry} the calls of one mesh and their attempts, so that a trace says which pods a request went to, and in what
 * order.
 *
 * <pre>{@code
 * Mesh mesh = Mesh.builder().observer(new MeshObservations(registry)).build();
 * }</pre>
 *
 * <p>A call is a child of the observation that is in scope on the caller's thread, such as Spring's {@code http.client.requests}; attempts are
 * children of their call. Observed is what goes through {@link io.inmesh.balancer.attempt.Attempts}, and calls of gRPC channels: as children of
 * Micrometer's own {@code grpc.client} where its interceptor is there. Calls that were made before their channel had heard of its service have no
 * parent, since they go on on another thread. A channel with a service config of the application's own ({@code disableServiceConfigLookUp()}) has none.
 *
 * <table>
 * <caption>Observations</caption>
 * <tr><th>name</th><th>low cardinality keys</th><th>high cardinality keys</th></tr>
 * <tr><td>{@code inmesh.client.call}</td><td>target, outcome</td><td>attempts</td></tr>
 * <tr><td>{@code inmesh.client.attempt}</td><td>target, outcome</td><td>endpoint, pod, node, zone; {@code none} where unknown</td></tr>
 * </table>
 *
 * <p>Where a registry turns observations into meters, those of the low cardinality keys are as many as those of {@link MeshMeters}. A registry
 * without handlers costs one check a call. An attempt ends with the beginning of its answer, if there is one, and of gRPC with its stream. Failures carry an error whose text is
 * the outcome, since the client library's own exception goes to the caller alone.
 *
 * <p>Threads: any.
 */
public final class MeshObservations implements BalancerObserver {
    private static final String CALL = "inmesh.client.call";
    private static final String ATTEMPT = "inmesh.client.attempt";
    private static final String NONE = "none";

    private final ObservationRegistry registry;

    /** Observations in that registry, of the mesh that is given this observer. */
    public MeshObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public boolean readsCalls() {
        return !registry.isNoop();
    }

    @Override
    public CallObserver calling(Target target) {
        if (registry.isNoop()) {
            return CallObserver.NONE;
        }
        String bare = target.withoutParameters().toString();
        // By itself it is the child of the observation in scope here.
        Observation call = Observation.createNotStarted(CALL, registry)
                .contextualName("call " + bare)
                .lowCardinalityKeyValue("target", bare)
                .start();
        return new ObservedCall(bare, call);
    }

    private static void end(Observation observation, Outcome outcome) {
        OutcomeTag tag = OutcomeTag.of(outcome);
        observation.lowCardinalityKeyValue("outcome", tag.text());
        if (tag != OutcomeTag.SUCCESS && tag != OutcomeTag.CLIENT_ERROR && tag != OutcomeTag.CANCELLED) {
            observation.error(new FailedCallException(outcome));
        }
        observation.stop();
    }

    private static String orNone(@Nullable String value) {
        return value == null ? NONE : value;
    }

    private final class ObservedCall implements CallObserver {
        private final String target;
        private final Observation call;

        private ObservedCall(String target, Observation call) {
            this.target = target;
            this.call = call;
        }

        @Override
        public AttemptObserver attempt(Endpoint endpoint) {
            Observation attempt = Observation.createNotStarted(ATTEMPT, registry)
                    .parentObservation(call)
                    .contextualName("attempt " + target)
                    .lowCardinalityKeyValue("target", target)
                    .highCardinalityKeyValues(KeyValues.of(
                            "endpoint", endpoint.address(),
                            "pod", orNone(endpoint.pod()),
                            "node", orNone(endpoint.locality().node()),
                            "zone", orNone(endpoint.locality().zone())))
                    .start();
            return outcome -> end(attempt, outcome);
        }

        @Override
        public void ended(int attempts, Outcome outcome) {
            call.highCardinalityKeyValue("attempts", Integer.toString(attempts));
            end(call, outcome);
        }
    }

    /** Says what came of a call or an attempt, for handlers that show errors. Never thrown, and without a stack, which would be ours. */
    static final class FailedCallException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedCallException(Outcome outcome) {
            super(outcome.toString(), null, false, false);
        }
    }
}
