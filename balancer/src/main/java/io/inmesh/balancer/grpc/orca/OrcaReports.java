package io.inmesh.balancer.grpc.orca;

import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.xds.orca.OrcaOobUtil;
import io.grpc.xds.orca.OrcaOobUtil.OrcaReportingConfig;
import io.grpc.xds.orca.OrcaPerRequestUtil;
import io.inmesh.api.Internal;
import io.inmesh.api.LoadReport;
import io.inmesh.balancer.grpc.LoadReports;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears by gRPC's own means. Found by the service loader; not to be used otherwise. */
@Internal
public final class OrcaReports implements LoadReports {
    private static final OrcaReportingConfig NO_MATTER =
            OrcaReportingConfig.newBuilder().build();

    private final OrcaPerRequestUtil perRequest = OrcaPerRequestUtil.getInstance();

    /** For the service loader. Fails if gRPC's part is not there. */
    public OrcaReports() {}

    @Override
    public Helper over(Helper helper) {
        Helper asking = OrcaOobUtil.newOrcaReportingHelper(helper);
        return new ForwardingLoadBalancerHelper() {
            @Override
            protected Helper delegate() {
                return helper; // Pickers stay as they are: gRPC's would make a new result for each pick.
            }

            @Override
            public Subchannel createSubchannel(CreateSubchannelArgs args) {
                return asking.createSubchannel(args);
            }
        };
    }

    @Override
    public ClientStreamTracer.Factory withAnswers(ClientStreamTracer.Factory tracers, Consumer<LoadReport> hears) {
        return perRequest.newOrcaClientStreamTracerFactory(
                tracers, report -> hears.accept(OrcaMetrics.toLoadReport(report)));
    }

    @Override
    @SuppressWarnings("NullAway") // gRPC takes null for nobody, and does not say so in its types.
    public void ask(Subchannel subchannel, Consumer<LoadReport> hears, @Nullable Duration period) {
        if (period == null) {
            OrcaOobUtil.setListener(subchannel, null, NO_MATTER);
        } else {
            OrcaOobUtil.setListener(
                    subchannel,
                    report -> hears.accept(OrcaMetrics.toLoadReport(report)),
                    OrcaReportingConfig.newBuilder()
                            .setReportInterval(period.toNanos(), TimeUnit.NANOSECONDS)
                            .build());
        }
    }
}
