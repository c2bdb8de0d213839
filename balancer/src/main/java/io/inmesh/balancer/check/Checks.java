package io.inmesh.balancer.check;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.CheckConfig;
import io.inmesh.balancer.health.HealthSource;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has endpoints asked where a configuration says so. */
public enum Checks implements HealthSource.Demand {
    /** The demand, without state. */
    DEMAND;

    private static final Logger log = LoggerFactory.getLogger(Checks.class);

    @Override
    public HealthSource.@Nullable Kind of(BalancerConfig config, ServiceKey key) {
        return config.check().mode() == CheckConfig.Mode.OFF ? null : new Kind(config.check());
    }

    @Override
    public void check(BalancerConfig config) {
        if (config.check().mode() == CheckConfig.Mode.GRPC) {
            maker(CheckConfig.Mode.GRPC).make(config.check()); // Refuses where its library is missing.
        }
    }

    /** Two balancers of one port that want the same checks share them. */
    record Kind(CheckConfig config) implements HealthSource.Kind {
        @Override
        public String name() {
            return "active check";
        }

        @Override
        public boolean succeeds(HealthSource.Kind previous) {
            return previous instanceof Kind;
        }

        @Override
        public HealthSource begin(HealthSource.Site site) {
            return new ActiveChecks(
                    config, checkOf(config, whileOpen(site.tools().blocking())), site);
        }
    }

    /**
     * The check of that configuration.
     *
     * @param blocking looks names up, and runs what the check's client does
     * @throws IllegalArgumentException if it needs a library that is missing, with the coordinate to add
     */
    static Check checkOf(CheckConfig config, Executor blocking) {
        return switch (config.mode()) {
            case OFF ->
                throw new IllegalArgumentException("check.mode: off (expected: a mode in which endpoints are asked)");
            case TCP -> new TcpCheck(blocking);
            case HTTP -> new HttpCheck(config.path(), blocking);
            case GRPC -> maker(config.mode()).make(config);
        };
    }

    /** Nobody waits for a question of a mesh that is closed, and a client that is refused a thread must not fail for that. */
    private static Executor whileOpen(Executor blocking) {
        return task -> {
            try {
                blocking.execute(task);
            } catch (RejectedExecutionException e) {
                log.debug("a question to an endpoint is not gone on with, since the mesh is closed", e);
            }
        };
    }

    private static Check.Maker maker(CheckConfig.Mode mode) {
        for (Check.Maker maker : ServiceLoader.load(Check.Maker.class, Checks.class.getClassLoader())) {
            if (maker.mode() == mode) {
                return maker;
            }
        }
        throw new IllegalStateException("check.mode: nothing on the class path asks by " + mode
                + " (expected: META-INF/services of inmesh-balancer to be kept when jars are merged)");
    }
}
