package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.Subchannel;
import io.inmesh.api.Internal;
import io.inmesh.api.LoadReport;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what servers report of their load in gRPC's way (ORCA). Found by the service loader; not to be used otherwise. */
@Internal
public interface LoadReports {

    /** The same helper, but that the connections which it makes can be {@linkplain #ask asked}. */
    Helper over(Helper helper);

    /** The same tracers, for calls whose answers are read for reports. */
    ClientStreamTracer.Factory withAnswers(ClientStreamTracer.Factory tracers, Consumer<LoadReport> hears);

    /** Asks over that connection to be told every so often; null for never more. In the synchronization context. */
    void ask(Subchannel subchannel, Consumer<LoadReport> hears, @Nullable Duration period);
}
