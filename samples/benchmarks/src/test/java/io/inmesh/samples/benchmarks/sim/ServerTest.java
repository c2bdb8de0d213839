package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.balancer.state.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ServerTest {
    private static final long SECOND = 1_000_000_000;

    private final EventQueue events = new EventQueue();
    private final List<String> done = new ArrayList<>();

    private Server server(int workers, Speed speed) {
        return new Server(events, speed, workers, LatencyEstimate.average(1));
    }

    private void send(Server server, String name, double work) {
        server.accept(work, () -> done.add(name + " at " + events.nanoTime()));
    }

    @Test
    void as_many_as_there_are_workers_are_worked_on_and_others_wait_in_order() {
        Server server = server(2, Speed.constant(1));
        send(server, "a", 10);
        send(server, "b", 30);
        send(server, "c", 5);
        send(server, "d", 5);
        assertThat(server.inFlight()).isEqualTo(4);
        events.run();
        assertThat(done).containsExactly("a at 10", "c at 15", "d at 20", "b at 30");
        assertThat(server.inFlight()).isZero();
        assertThat(server.received()).isEqualTo(4);
    }

    @Test
    void speed_counts_when_work_begins() {
        Server server = server(1, Speed.alternating(0.1, 100));
        send(server, "nominal", 99);
        send(server, "nominal as well, until after the change", 10);
        send(server, "slow", 10);
        events.run();
        assertThat(done)
                .containsExactly("nominal at 99", "nominal as well, until after the change at 109", "slow at 209");
    }

    @Test
    void a_report_tells_the_use_since_the_one_before() {
        Server server = server(4, Speed.constant(1));
        send(server, "a", SECOND / 2.0);
        send(server, "b", SECOND / 2.0);
        send(server, "still at work", 2.0 * SECOND);
        List<LoadReport> reports = new ArrayList<>();
        events.after(SECOND, () -> reports.add(server.report()));
        events.after(2 * SECOND, () -> reports.add(server.report()));
        events.run();
        assertThat(reports).extracting(LoadReport::requestsPerSecond).containsExactly(2.0, 1.0);
        assertThat(reports).extracting(LoadReport::applicationUtilization).containsExactly(0.5, 0.25);
    }

    @Test
    void a_neighbour_disturbs_a_tenth_of_the_time() {
        Speed speed = Speed.disturbed(0.4, Speed.Disturbance.ofMillis(9_000, 300, 700), new SplittableRandom(3));
        int slow = 0;
        int shortest = Integer.MAX_VALUE;
        int lasting = 0;
        assertThat(speed.at(0)).as("at first undisturbed").isEqualTo(1);
        int samples = 10_000_000;
        for (int i = 0; i < samples; i++) {
            boolean isSlow = speed.at(i * 10_000_000L) < 1;
            slow += isSlow ? 1 : 0;
            if (!isSlow && lasting > 0) {
                shortest = Math.min(shortest, lasting);
            }
            lasting = isSlow ? lasting + 1 : 0;
        }
        assertThat((double) slow / samples).isCloseTo(0.1, within(0.005));
        assertThat(shortest).as("looks, 10 ms apart").isGreaterThanOrEqualTo(29);
    }
}
