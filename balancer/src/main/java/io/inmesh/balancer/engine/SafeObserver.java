package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.observe.CallObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes every event on to a number of observers, none of which can break a pick or the lane: the first failure of each is logged. */
final class SafeObserver implements BalancerObserver {
    private static final Logger log = LoggerFactory.getLogger(SafeObserver.class);

    private final Guarded[] observers;

    /** One observer and whether its failure has been logged. */
    private record Guarded(BalancerObserver observer, AtomicBoolean failed) {

        /** Takes a failure of the observer; those of the machine itself, out of memory or of stack, go on to the caller. */
        void take(Throwable error) {
            if (error instanceof VirtualMachineError machine) {
                throw machine;
            }
            if (failed.compareAndSet(false, true)) {
                log.warn("observer {} failed; its further failures are not logged", observer, error);
            }
        }
    }

    SafeObserver(List<BalancerObserver> observers) {
        this.observers = observers.stream()
                .map(observer -> new Guarded(observer, new AtomicBoolean()))
                .toArray(Guarded[]::new);
    }

    /** For events of the control side; those of every request are passed on without the event object that this takes. */
    private void tell(Consumer<BalancerObserver> event) {
        for (Guarded guarded : observers) {
            try {
                event.accept(guarded.observer);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }

    @Override
    public boolean readsLatency() {
        return reads(BalancerObserver::readsLatency);
    }

    @Override
    public boolean readsCalls() {
        return reads(BalancerObserver::readsCalls);
    }

    private boolean reads(Predicate<BalancerObserver> what) {
        for (Guarded guarded : observers) {
            try {
                if (what.test(guarded.observer)) {
                    return true;
                }
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
        return false;
    }

    @Override
    public void watching(Target target, Supplier<List<WatchAge>> ages) {
        tell(observer -> observer.watching(target, ages));
    }

    @Override
    public void unwatched(Target target, Supplier<List<WatchAge>> ages) {
        tell(observer -> observer.unwatched(target, ages));
    }

    @Override
    public void setChanged(Target target, EndpointSet set) {
        tell(observer -> observer.setChanged(target, set));
    }

    @Override
    public void unresolved(Target target, Unresolved unresolved) {
        tell(observer -> observer.unresolved(target, unresolved));
    }

    @Override
    public void pickerPublished(Target target, String policy, int candidates) {
        tell(observer -> observer.pickerPublished(target, policy, candidates));
    }

    @Override
    public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
        tell(observer -> observer.ejected(target, endpoint, why, howLong));
    }

    @Override
    public void restored(Target target, Endpoint endpoint) {
        tell(observer -> observer.restored(target, endpoint));
    }

    @Override
    public void connectedOutside(Target target, Endpoint endpoint) {
        tell(observer -> observer.connectedOutside(target, endpoint));
    }

    @Override
    public void fellBack(Target target, String why) {
        for (Guarded guarded : observers) {
            try {
                guarded.observer.fellBack(target, why);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }

    @Override
    public void rejected(Target target, Rejection rejection) {
        for (Guarded guarded : observers) {
            try {
                guarded.observer.rejected(target, rejection);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }

    @Override
    public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        for (Guarded guarded : observers) {
            try {
                guarded.observer.completed(target, endpoint, outcome, latencyNanos);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }

    @Override
    public void completedStream(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        for (Guarded guarded : observers) {
            try {
                guarded.observer.completedStream(target, endpoint, outcome, latencyNanos);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }

    @Override
    public void repeated(Target target, Endpoint failed, Outcome outcome) {
        tell(observer -> observer.repeated(target, failed, outcome));
    }

    @Override
    public void hedged(Target target, Endpoint endpoint) {
        tell(observer -> observer.hedged(target, endpoint));
    }

    @Override
    public void withheld(Target target, Withheld why) {
        tell(observer -> observer.withheld(target, why));
    }

    @Override
    public CallObserver calling(Target target) {
        List<SafeCall.Told> told = null; // Nearly nobody wants to hear of each call.
        for (Guarded guarded : observers) {
            CallObserver call = CallObserver.NONE;
            try {
                call = guarded.observer.calling(target);
            } catch (Throwable e) {
                guarded.take(e);
            }
            if (call != CallObserver.NONE) {
                told = told == null ? new ArrayList<>() : told;
                told.add(new SafeCall.Told(call, guarded::take));
            }
        }
        return told == null ? CallObserver.NONE : new SafeCall(told);
    }

    @Override
    public void called(Target target, int attempts, Outcome outcome) {
        for (Guarded guarded : observers) {
            try {
                guarded.observer.called(target, attempts, outcome);
            } catch (Throwable e) {
                guarded.take(e);
            }
        }
    }
}
