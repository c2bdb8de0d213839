package io.inmesh.balancer.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsTest {
    private static final RandomGenerator MIDDLE = () -> 1L << 63;
    private static final Endpoint FIRST = TestEndpoints.endpoint(0);
    private static final Endpoint SECOND = TestEndpoints.endpoint(1);

    private final Faults faults = new Faults();

    static LongStream seeds() {
        return Seeds.all();
    }

    private Fault.@Nullable Effect next(Endpoint endpoint) {
        return faults.next(TestEndpoints.TARGET, endpoint, MIDDLE);
    }

    /** As in the Javadoc of {@link Faults}. */
    @Test
    void the_example_of_the_documentation() {
        Faults faults = new Faults();
        Mesh mesh = Mesh.builder().faults(faults).build();

        Faults.Injection slow = faults.inject(Fault.delay(Duration.ofSeconds(2))
                .at(endpoint -> endpoint.host().equals("10.0.0.7")));
        Faults.Injection broken = faults.inject(Fault.refused().percent(10));
        // ... requests ...
        long delayed = slow.count();
        slow.close();
        faults.clear();

        assertThat(delayed).isZero();
        assertThat(broken.count()).isZero();
        mesh.close();
    }

    @Test
    void nothing_happens_unless_it_is_asked_for() {
        assertThat(next(FIRST)).isNull();
    }

    @Test
    void a_fault_is_on_until_it_is_closed_and_counts_whom_it_met() {
        Faults.Injection hole = faults.inject(Fault.blackHole());
        assertThat(next(FIRST)).isInstanceOf(Fault.BlackHole.class);
        assertThat(next(SECOND)).isInstanceOf(Fault.BlackHole.class);
        assertThat(hole.count()).isEqualTo(2);
        hole.close();
        hole.close();
        assertThat(next(FIRST)).isNull();
        assertThat(hole.count()).isEqualTo(2);
    }

    @Test
    void it_may_concern_some_endpoints_and_some_services() {
        faults.inject(Fault.delay(Duration.ofSeconds(1)).at(FIRST::equals).of(TestEndpoints.TARGET::equals));
        assertThat(next(FIRST)).isEqualTo(new Fault.Delay(Duration.ofSeconds(1)));
        assertThat(next(SECOND)).isNull();
        assertThat(faults.next(Target.parse("billing.shop:http"), FIRST, MIDDLE))
                .isNull();
    }

    @Test
    void of_several_the_first_that_concerns_an_attempt_happens() {
        faults.inject(Fault.refused().at(SECOND::equals));
        Faults.Injection rest = faults.inject(Fault.failing(Outcome.TIMEOUT));
        assertThat(next(SECOND)).isNotEqualTo(new Fault.Failing(Outcome.TIMEOUT));
        assertThat(next(FIRST)).isEqualTo(new Fault.Failing(Outcome.TIMEOUT));
        assertThat(rest.count()).isEqualTo(1);
        faults.clear();
        assertThat(next(FIRST)).isNull();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_share_of_attempts_is_drawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Faults.Injection some = faults.inject(Fault.refused().percent(10));
        for (int i = 0; i < 10_000; i++) {
            faults.next(TestEndpoints.TARGET, FIRST, random);
        }
        assertThat(some.count()).isBetween(850L, 1150L); // Five standard deviations of 30.
    }

    @Test
    void a_share_follows_the_draw() {
        faults.inject(Fault.refused().percent(50));
        assertThat(next(FIRST)).as("the middle is no longer among them").isNull();
        assertThat(faults.next(TestEndpoints.TARGET, FIRST, () -> 0)).isNotNull();
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.delay(Duration.ZERO))
                .withMessage("delay: PT0S (expected: above zero)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.refused().percent(0))
                .withMessage("percent: 0.0 (expected: above 0 and at most 100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.refused().percent(101))
                .withMessageContaining("101");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.failing(Outcome.SUCCESS))
                .withMessage("outcome: Success[] (expected: a Failure, a Timeout or an Overloaded)");
    }
}
