package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ejection through simulated traffic, by the whole mesh on a clock of its own; five seeds each, fixed. */
class EjectionOverTimeTest {
    private static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final Duration STEP = Duration.ofMillis(100);

    /** Every endpoint gets 20 requests a second, so 200 an interval: twice the volume from which rates are compared. */
    private static final int RATE = 20;

    /** Not {@link FakeMesh}, which writes down every request: an hour has millions. */
    private static final class Traffic implements AutoCloseable {
        private final SplittableRandom chance;
        private final FakeClock clock = new FakeClock();
        private final FakeEndpoints cluster = new FakeEndpoints("k8s");
        private final Ejections heard = new Ejections();
        private final Mesh mesh;
        private final LoadBalancer orders;
        private final int perStep;

        Traffic(long seed, int endpoints) {
            chance = new SplittableRandom(seed);
            mesh = Mesh.builder()
                    .resolvers(cluster)
                    .clock(clock)
                    .scheduler(clock)
                    .observer(heard)
                    .random(new StripedRandom(1, chance.split()))
                    .build();
            orders = mesh.service(FakeMesh.ORDERS);
            cluster.publish(FakeMesh.ORDERS, TestEndpoints.endpoints(endpoints));
            clock.runDue();
            perStep = endpoints * RATE / 10;
        }

        /** That long, with failures by that; how many requests went to those that are counted. */
        long run(Duration time, Predicate<Endpoint> fails, Predicate<Endpoint> counted) {
            long count = 0;
            for (long step = 0; step < time.dividedBy(STEP); step++) {
                for (int i = 0; i < perStep; i++) {
                    Lease lease = FakeMesh.lease(orders);
                    count += counted.test(lease.endpoint()) ? 1 : 0;
                    lease.complete(fails.test(lease.endpoint()) ? FAILED : Outcome.SUCCESS);
                }
                clock.advance(STEP);
            }
            return count;
        }

        int ejections() {
            return heard.count;
        }

        @Override
        public void close() {
            mesh.close();
            clock.runDue();
            assertThat(clock.timers()).isZero();
        }
    }

    private static final class Ejections implements BalancerObserver {
        private int count;

        @Override
        public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
            count++;
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 2", "10, 3", "10, 4", "10, 5", "50, 1", "50, 2", "50, 3", "50, 4", "50, 5"})
    @DisplayName("at 1 % errors everywhere nobody is ejected in an hour")
    void uniform_errors_eject_nobody(int endpoints, long seed) {
        try (Traffic traffic = new Traffic(seed, endpoints)) {
            traffic.run(Duration.ofHours(1), endpoint -> traffic.chance.nextInt(100) == 0, endpoint -> false);
            assertThat(traffic.ejections())
                    .as("seed %d, %d endpoints", seed, endpoints)
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 2", "10, 3", "10, 4", "10, 5", "50, 1", "50, 2", "50, 3", "50, 4", "50, 5"})
    @DisplayName(
            "one that fails half its calls gets at most 1 % of its share from interval + 1 s until its first return")
    void half_bad_is_out_within_an_interval(int endpoints, long seed) {
        Endpoint bad = TestEndpoints.endpoint(3);
        try (Traffic traffic = new Traffic(seed, endpoints)) {
            Predicate<Endpoint> fails = endpoint -> endpoint.equals(bad) && traffic.chance.nextBoolean();
            traffic.run(Duration.ofSeconds(11), fails, bad::equals);
            assertThat(traffic.ejections()).as("seed %d", seed).isEqualTo(1);
            // It was out after the start and for 30 s at least, so it is not back before these are over.
            Duration time = Duration.ofSeconds(30 - 11);
            long got = traffic.run(time, fails, bad::equals);
            assertThat((double) got)
                    .as("seed %d, %d endpoints", seed, endpoints)
                    .isLessThanOrEqualTo(0.01 * RATE * time.toSeconds());
        }
    }
}
