package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.Subchannel;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which reports of load a channel wants to hear.
 *
 * @param answers whether those that come with answers
 * @param period how often those that come without; zero: none
 * @param asked whether a setting asks for them by name; a policy that reads them may have other sources
 */
record LoadHearing(boolean answers, Duration period, boolean asked) {
    private static final Logger log = LoggerFactory.getLogger(LoadHearing.class);

    /** Nobody listens. */
    static final LoadHearing NONE = new LoadHearing(false, Duration.ZERO, false);

    /** What is the matter if reports are wanted and cannot be read. */
    static final String MISSING = "settings ask for load reports (weight.source = reports, or weight.oob-period), which"
            + " cannot be read without io.grpc:grpc-xds (expected: it on the class path, in the version of your gRPC; add it)."
            + " Until then endpoints weigh what they say of themselves";

    /** Null if the jar is not there. */
    private static final @Nullable LoadReports REPORTS = find();

    private static @Nullable LoadReports find() {
        try {
            return ServiceLoader.load(LoadReports.class, LoadReports.class.getClassLoader())
                    .findFirst()
                    .orElse(null);
        } catch (ServiceConfigurationError | LinkageError absent) {
            return null; // Said as soon as somebody asks for reports.
        }
    }

    /** Those that weights or the policy are made of. */
    static LoadHearing of(Balancing balancing) {
        WeightConfig weight = balancing.config().weight();
        boolean weighs = weight.source() == WeightConfig.Source.REPORTS;
        boolean outOfBand = !weight.oobPeriod().isZero();
        return new LoadHearing(
                balancing.policy().readsReports() || (weighs && !outOfBand), weight.oobPeriod(), weighs || outOfBand);
    }

    /** A helper whose connections can be listened to. */
    static Helper over(Helper helper) {
        return REPORTS == null ? helper : REPORTS.over(helper);
    }

    /** This, in the place of what a channel heard before: what it asks for in vain is said once. */
    LoadHearing instead(LoadHearing before, Target target) {
        if (isInVain() && !equals(before)) {
            log.warn("{}: {}", target, MISSING);
        }
        return this;
    }

    /** True if a setting asks for what cannot be read. */
    boolean isInVain() {
        return REPORTS == null && asked;
    }

    /** The tracers of calls to that member. */
    ClientStreamTracer.Factory withAnswers(ClientStreamTracer.Factory tracers, Member member) {
        return answers && REPORTS != null ? REPORTS.withAnswers(tracers, member::reported) : tracers;
    }

    /** Asks over a connection to that member, or asks no more. */
    void askOutOfBand(Subchannel subchannel, Member member) {
        if (REPORTS != null) {
            REPORTS.ask(subchannel, member::reported, period.isZero() ? null : period);
        }
    }
}
