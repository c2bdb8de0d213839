package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExactTurnsTest {
    private final List<EndpointView> endpoints = TestEndpoints.members(5, 1, 1);
    private final EndpointView[] views = endpoints.toArray(EndpointView[]::new);

    private ExactTurns over(WeightedSequence exact) {
        return new ExactTurns(views, exact, new LowDiscrepancy(views, new Stripes(1, () -> 0)));
    }

    @Test
    void a_thread_alone_gets_the_exact_sequence() {
        ExactTurns turns = over(new SmoothSequence(new long[] {5, 1, 1}));
        StringBuilder chosen = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            chosen.append((char) ('A' + TestEndpoints.indexOf(endpoints, turns.choose(PickContext.NONE))));
        }
        assertThat(chosen).hasToString("AABACAA".repeat(2));
    }

    @Test
    void a_thread_that_is_paused_inside_holds_up_nobody() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        WeightedSequence pausing = new WeightedSequence() {
            @Override
            public int next() {
                inside.countDown();
                try {
                    assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 1;
            }

            @Override
            public WeightedSequence over(long[] weights, int[] before) {
                return this;
            }
        };
        ExactTurns turns = over(pausing);
        Thread thread = new Thread(() -> turns.choose(PickContext.NONE));
        thread.start();
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        int[] counts = new int[3];
        for (int i = 0; i < 7_000; i++) {
            counts[TestEndpoints.indexOf(endpoints, turns.choose(PickContext.NONE))]++;
        }
        // Meanwhile turns are those of the low-discrepancy sequence: no worse than 4 from their shares.
        assertThat(counts[0]).isBetween(4_995, 5_005);
        assertThat(counts[1]).isBetween(995, 1_005);
        assertThat(turns.continuedOver(views, new long[] {5, 1, 1}, pausing.getClass()))
                .as("the lane does not wait for it either")
                .isNull();
        assertThat(thread.isAlive()).isTrue();
        goOn.countDown();
        thread.join();
        assertThat(turns.continuedOver(views, new long[] {5, 1, 1}, pausing.getClass()))
                .isSameAs(pausing);
    }

    @Test
    void threads_that_meet_inside_keep_the_shares() throws Exception {
        ExactTurns turns = over(new DeadlineSequence(new long[] {5, 1, 1}));
        AtomicIntegerArray counts = new AtomicIntegerArray(3);
        Together.run(4, thread -> {
            for (int i = 0; i < 70_000; i++) {
                counts.incrementAndGet(TestEndpoints.indexOf(endpoints, turns.choose(PickContext.NONE)));
            }
        });
        assertThat(counts.get(0) + counts.get(1) + counts.get(2)).isEqualTo(280_000);
        assertThat(counts.get(0)).isBetween(199_980, 200_020);
        assertThat(counts.get(1)).isBetween(39_980, 40_020);
    }
}
