package io.inmesh.balancer.grpc.orca;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.services.CallMetricRecorder;
import io.grpc.xds.orca.OrcaMetricReportingServerInterceptor;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.grpc.LoadProbe;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a gRPC server say with every answer how loaded it is, so that clients can go by it: requests a second, errors a second, utilization, for
 * weights ({@code weight.source = reports}, and gRPC's own {@code weighted_round_robin}); requests in flight and what a request takes at about that
 * many, for policy {@code prequal}.
 *
 * <pre>{@code
 * LoadReporting load = LoadReporting.of(() -> workers.getActiveCount() / (double) workers.getMaximumPoolSize());
 * Server server = Grpc.newServerBuilderForPort(8080, InsecureServerCredentials.create())
 *         .addService(orders)
 *         .addService(load.probes())
 *         .intercept(load)
 *         .build();
 * }</pre>
 *
 * <p>It takes the place of gRPC's {@code OrcaMetricReportingServerInterceptor}, and adds to what the service records by {@code
 * CallMetricRecorder}. One for the whole server, or each counts its own requests only. Needs {@code io.grpc:grpc-xds}.
 *
 * <p>Threads: any.
 */
public final class LoadReporting implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(LoadReporting.class);

    private final ServerInterceptor orca = OrcaMetricReportingServerInterceptor.getInstance();
    private final ServerLoad load = new ServerLoad(NanoClock.system());
    private final @Nullable DoubleSupplier utilization;

    /** Whether the utilization could not be told once. */
    private final AtomicBoolean failed = new AtomicBoolean();

    private LoadReporting(@Nullable DoubleSupplier utilization) {
        this.utilization = utilization;
    }

    /**
     * Reports all that it measures by itself, and how busy the application is, which weights cannot do without.
     *
     * @param utilization from 0 to 1, more when overloaded: of whatever gives out first. Asked at the end of each call, and must be quick; what is
     *     no number above 0 is not reported
     * @throws IllegalStateException without {@code io.grpc:grpc-xds}
     */
    public static LoadReporting of(DoubleSupplier utilization) {
        return made(utilization);
    }

    /**
     * Reports what it measures by itself: enough for {@code prequal}, and for weights where the service records its utilization.
     *
     * @throws IllegalStateException without {@code io.grpc:grpc-xds}
     */
    public static LoadReporting measured() {
        return made(null);
    }

    private static LoadReporting made(@Nullable DoubleSupplier utilization) {
        try {
            return new LoadReporting(utilization);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "LoadReporting: gRPC's own part of it is missing (expected: io.grpc:grpc-xds on the class path, in the version of your gRPC; add it;"
                            + " missing is " + e.getMessage() + ")",
                    e);
        }
    }

    /** The service that answers the probes of policy {@code prequal} ({@link io.inmesh.balancer.grpc.MeshChannels#prober}); itself it counts for nothing. */
    public ServerServiceDefinition probes() {
        return LoadProbe.service(() -> {
            int inFlight = load.inFlight();
            return new LoadProbe(inFlight, load.latencyNanosAt(inFlight));
        });
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (call.getMethodDescriptor().getFullMethodName().equals(LoadProbe.METHOD.getFullMethodName())) {
            return next.startCall(call, headers);
        }
        return orca.interceptCall(call, headers, (reported, sameHeaders) -> measured(reported, sameHeaders, next));
    }

    /** Inside of gRPC's interceptor, which makes the recorder and writes what is recorded as the call is closed. */
    private <Q, R> ServerCall.Listener<Q> measured(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        CallMetricRecorder recorder = CallMetricRecorder.getCurrent();
        MeasuredCall<Q, R> measured = new MeasuredCall<>(call, load, () -> report(recorder));
        try {
            return measured.listenedTo(next.startCall(measured, headers));
        } catch (RuntimeException | Error e) {
            measured.failed(); // Nobody would tell us of its end.
            throw e;
        }
    }

    /** An answer must not be lost because nobody could say how busy its server is. */
    private double busy(DoubleSupplier asked) {
        try {
            return asked.getAsDouble();
        } catch (RuntimeException e) {
            if (failed.compareAndSet(false, true)) {
                log.warn("utilization cannot be told, and is not reported while that is so; this is said once", e);
            }
            return 0;
        }
    }

    private void report(CallMetricRecorder recorder) {
        double busy = utilization == null ? 0 : busy(utilization);
        if (busy > 0) {
            recorder.recordApplicationUtilizationMetric(busy);
        }
        recorder.recordQpsMetric(load.requestsPerSecond()).recordEpsMetric(load.errorsPerSecond());
        int inFlight = load.inFlight();
        OrcaMetrics.record(recorder, inFlight, load.latencyNanosAt(inFlight));
    }
}
