package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that stands still in the middle of a choice holds up nobody (section 9: semaphores taken for each pick). */
@Timeout(60)
class PausedThreadTest {
    private final CountDownLatch paused = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Written before the thread is started, read by every thread that chooses. */
    private volatile @Nullable Thread victim;

    private void pauseVictim() {
        if (Thread.currentThread() == victim) {
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

    private void assertThatAPausedThreadHoldsUpNobody(Picker picker) throws InterruptedException {
        Thread thread = new Thread(() -> picker.choose(PickContext.NONE));
        victim = thread;
        thread.start();
        assertThat(paused.await(60, TimeUnit.SECONDS))
                .as("it stands inside choose")
                .isTrue();
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.choose(PickContext.NONE)).isInstanceOf(EndpointView.class);
        }
        assertThat(thread.isAlive()).as("it still stands there").isTrue();
        goOn.countDown();
        thread.join();
    }

    @Test
    void power_of_two_paused_while_it_reads_a_load() throws InterruptedException {
        assertThatAPausedThreadHoldsUpNobody(
                new PowerOfTwo().newPicker(new PickerFactory.Input(pausingViews(), () -> 0, new FakeClock(), null)));
    }

    @Test
    void random_paused_while_it_draws() throws InterruptedException {
        assertThatAPausedThreadHoldsUpNobody(new RandomChoice()
                .newPicker(new PickerFactory.Input(
                        TestEndpoints.members(5),
                        () -> {
                            pauseVictim();
                            return 0;
                        },
                        new FakeClock(),
                        null)));
    }
}
