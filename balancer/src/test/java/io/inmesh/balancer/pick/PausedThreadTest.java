package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thread that stands still in the middle of a choice holds up nobody (section 9: semaphores taken for each pick). */
@Timeout(60)
class PausedThreadTest {
    private static final long SEED = 4;

    /** An atomic step, or a field that never changes. */
    private static final Set<String> LOOKS_AT_NOTHING =
            Set.of("round-robin", "weighted-round-robin", "fo", "first", "source-hash");

    /** A key's place in a table that never changes. */
    private static final Set<String> FOLLOWS_ITS_TABLE = Set.of("destination-hash", "ring-hash", "rendezvous", "dh");

    private final CountDownLatch paused = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Written before the thread is started, read by every thread that chooses. */
    private volatile @Nullable Thread victim;

    /** Written by the thread that stands, read by the test. */
    private volatile boolean isStanding;

    private void pauseVictim() {
        if (Thread.currentThread() == victim) {
            isStanding = true;
            paused.countDown();
            try {
                assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class PausingView implements EndpointView {
        private final Endpoint endpoint;

        private PausingView(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public int inFlight() {
            pauseVictim();
            return 0;
        }

        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public Lease begin() {
            throw new UnsupportedOperationException("begin: nothing is begun here");
        }
    }

    private List<EndpointView> pausingViews() {
        return IntStream.range(0, 5)
                .<EndpointView>mapToObj(i -> new PausingView(TestEndpoints.endpoint(i)))
                .toList();
    }

    /** True if the thread came to stand inside {@code choose}; false if it found nothing there to be stopped at. */
    private boolean isPausedInside(Picker picker, PickContext context) throws InterruptedException {
        Thread thread = new Thread(() -> {
            picker.choose(context);
            paused.countDown();
        });
        victim = thread;
        thread.start();
        assertThat(paused.await(60, TimeUnit.SECONDS))
                .as("it stands inside choose, or has chosen")
                .isTrue();
        boolean stands = isStanding;
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.choose(context)).isInstanceOf(EndpointView.class);
        }
        assertThat(isStanding).as("nobody has freed it").isEqualTo(stands);
        goOn.countDown();
        thread.join();
        return stands;
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.EveryPolicy#cases")
    void whatever_the_policy(EveryPolicy.Case each) throws InterruptedException {
        assertThat(isPausedInside(picker(each), PickContext.NONE))
                .as("stopped inside choose; the others look at nothing that a test could stop them at")
                .isEqualTo(!LOOKS_AT_NOTHING.contains(each.policy().name()));
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.EveryPolicy#cases")
    void whatever_the_policy_with_a_key(EveryPolicy.Case each) throws InterruptedException {
        boolean bounded = each.name().contains("load-factor");
        boolean looks = !LOOKS_AT_NOTHING.contains(each.policy().name())
                && !FOLLOWS_ITS_TABLE.contains(each.policy().name());
        assertThat(isPausedInside(picker(each), PickContext.NONE.withKey("customer-42")))
                .isEqualTo(bounded || looks);
    }

    /** Its loads are read and its chance is drawn where the thread can be stopped; made by another thread, which is not. */
    private Picker picker(EveryPolicy.Case each) {
        RandomGenerator chance = new StripedRandom(2, new SplittableRandom(SEED));
        RandomGenerator stopping = () -> {
            pauseVictim();
            return chance.nextLong();
        };
        return each.policy().newPicker(new PickerFactory.Input(pausingViews(), stopping, new FakeClock(), null));
    }
}
