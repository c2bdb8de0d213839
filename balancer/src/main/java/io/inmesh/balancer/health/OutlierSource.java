package io.inmesh.balancer.health;

import io.inmesh.api.Endpoint;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.eject.ConsecutiveErrors;
import io.inmesh.balancer.eject.EjectionPlan;
import io.inmesh.balancer.state.CountedTrial;
import io.inmesh.balancer.state.FailureWatch;
import io.inmesh.balancer.state.Word;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives an {@link EjectionPlan} its time, its intervals and what requests tell, and says what that decides. Requests are never held up: they count, and
 * the one that makes a row full leaves a note on the lane, of which each endpoint has one at most.
 *
 * <p>A timer runs only while it can change something: rates are not compared among few endpoints, so a service of four has none until one is ejected.
 *
 * <p>Threads: the source's lane; failures come in on those of requests.
 */
final class OutlierSource implements HealthSource {
    private final OutlierDetection kind;
    private final Site site;
    private final ConsecutiveErrors consecutive;
    private final EjectionPlan plan;
    private final Scheduler.Cancellable watch;

    /** Endpoints of which a note is on the lane. Written by requests, taken back on the lane. */
    private final Set<String> noted = ConcurrentHashMap.newKeySet();

    // Lane only. Intervals are counted, so that one on its way from before is told from the one that is meant.
    private long interval;
    private Scheduler.@Nullable Cancellable sweeping;
    private Scheduler.@Nullable Cancellable releasing;
    private @Nullable Long releasingAt;
    private boolean closed;

    OutlierSource(OutlierDetection kind, Site site) {
        this.kind = kind;
        this.site = site;
        this.consecutive = new ConsecutiveErrors(kind.config().rows());
        this.plan = new EjectionPlan(
                kind.config(), site.states()::tally, site.tools().random(), new Saying());
        this.watch = site.states().watch(this::failed);
    }

    /** Puts into words what the plan decides. */
    private final class Saying implements EjectionPlan.Judge {
        @Override
        public void out(Endpoint endpoint, String why, Duration howLong) {
            site.voice().say(endpoint, Word.out(named(why), howLong));
        }

        @Override
        public void onTrial(Endpoint endpoint, String why, int round) {
            site.states().forgetLatency(endpoint.id());
            int trials = kind.config().back().trials();
            CountedTrial trial = new CountedTrial(
                    trials, outcome -> onLane(() -> plan.tried(endpoint.id(), round, outcome, nanos())));
            String waits = trials == 1 ? "until a request goes well" : "until " + trials + " requests go well";
            site.voice().say(endpoint, Word.onTrial(trial, named(waits + ", after: " + why)));
        }

        @Override
        public void restored(Endpoint endpoint) {
            site.voice().say(endpoint, Word.HEALTHY);
        }

        private String named(String text) {
            return kind.name() + ": " + text;
        }
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        plan.endpoints(endpoints);
        arrangeTimers();
    }

    @Override
    public void endpoints(List<Endpoint> endpoints, HealthSource previous) {
        plan.endpoints(endpoints, ((OutlierSource) previous).plan);
        arrangeTimers();
    }

    private void failed(String id, FailureWatch.Rows rows) {
        String why = consecutive.meets(rows);
        if (why != null && noted.add(id)) {
            onLane(() -> {
                noted.remove(id);
                plan.failedInARow(id, why, nanos());
            });
        }
    }

    private void onLane(Runnable task) {
        site.lane().execute(() -> {
            if (!closed) {
                task.run();
                arrangeTimers();
            }
        });
    }

    private long nanos() {
        return site.tools().clock().nanoTime();
    }

    private void arrangeTimers() {
        if (!plan.isSwept()) {
            cancel(sweeping);
            sweeping = null;
            interval++;
        } else if (sweeping == null) {
            plan.begin();
            sweepLater();
        }
        Long next = plan.nextRelease();
        if (!Objects.equals(next, releasingAt)) {
            cancel(releasing);
            releasing = next == null ? null : releaseAt(next);
            releasingAt = next;
        }
    }

    private void sweepLater() {
        long meant = ++interval;
        sweeping = later(kind.config().interval(), () -> {
            if (meant == interval) { // Else it was taken back just as it went to the lane.
                plan.sweep(nanos());
                sweepLater();
            }
        });
    }

    private Scheduler.Cancellable releaseAt(long nanos) {
        return later(Duration.ofNanos(nanos - nanos()), () -> {
            releasingAt = null; // Whoever is out still is waited for anew.
            plan.release(nanos());
        });
    }

    private Scheduler.Cancellable later(Duration delay, Runnable task) {
        return site.tools().scheduler().schedule(() -> onLane(task), delay);
    }

    private static void cancel(Scheduler.@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.cancel();
        cancel(sweeping);
        cancel(releasing);
    }
}
