package io.inmesh.balancer;

import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.state.EndpointStates;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the requests that still run when a mesh closes.
 *
 * @param ports the endpoints that the mesh had when it began to close
 */
record RunningLeases(List<EndpointStates> ports) {
    private static final Logger log = LoggerFactory.getLogger(RunningLeases.class);

    /** Until the last one has ended, that time has passed, or the thread is interrupted, which it stays. */
    void await(Duration limit, Scheduler scheduler) {
        CountDownLatch busy = new CountDownLatch(ports.size());
        ports.forEach(port -> port.whenIdle(busy::countDown));
        if (busy.getCount() == 0) {
            return;
        }
        Scheduler.Cancellable timer = scheduler.pause(() -> ports.forEach(port -> busy.countDown()), limit);
        try {
            busy.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            timer.cancel();
        }
        int left = ports.stream().mapToInt(EndpointStates::running).sum();
        if (left > 0) {
            log.warn(
                    "the mesh is closed though {} requests still run after {}; they go on, and are counted no more",
                    left,
                    limit);
        }
    }
}
