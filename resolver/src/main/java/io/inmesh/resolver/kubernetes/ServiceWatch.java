package io.inmesh.resolver.kubernetes;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.SliceJoin;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchSink;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is known of one Service, shared by everyone who resolves one of its ports: the object and its slices, each kept by a {@link
 * ListWatch}. Says nothing before both lists were complete (rule A-14), and then once for everything that came meanwhile (rule A-12):
 * at once while it is quiet, at most every {@value #MIN_PAUSE_MILLIS} ms under churn.
 *
 * <p>Threads: state is touched on the lane only; {@link #close()} may be called from anywhere.
 */
final class ServiceWatch {
    private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);

    private static final long MIN_PAUSE_MILLIS = 50; // 20 publications a second.

    /** Hears of changes, on the lane. */
    interface Subscriber {

        /** Something may be different now. Only once both lists are known. */
        void onStateOnLane(@Nullable ServiceObject service, SliceJoin slices);

        /** The API cannot be asked: a situation not told yet. */
        void onTroubleOnLane(Trouble trouble);

        /** A trouble that was told is over; if a set is known, its state follows. */
        void onTroubleOverOnLane();
    }

    private final ListWatch.Place place;
    private final Lane lane;
    private final ListWatch<ServiceObject> serviceWatch;
    private final ListWatch<Slice> sliceWatch;
    private final CancelSlot pause = new CancelSlot();

    // All below are touched on the lane only.
    private final Set<Subscriber> subscribers = new LinkedHashSet<>();
    private final SliceJoin slices = new SliceJoin();
    private @Nullable ServiceObject service;
    private boolean serviceListed;
    private boolean slicesListed;
    private @Nullable Trouble serviceTrouble;
    private @Nullable Trouble sliceTrouble;
    private @Nullable Trouble told;
    private boolean publicationDue;
    private boolean published;
    private long lastPublicationNanos;

    ServiceWatch(ObjectName name, ListWatch.Place place) {
        this.place = place;
        this.lane = place.lane();
        this.serviceWatch = new ListWatch<>(WatchedResource.service(name), place, new ServiceSink());
        this.sliceWatch = new ListWatch<>(WatchedResource.slices(name), place, new SliceSink());
    }

    void start() {
        serviceWatch.start();
        sliceWatch.start();
    }

    void close() {
        serviceWatch.close();
        sliceWatch.close();
        pause.close();
    }

    /** The subscriber hears of the present state, if there is one to tell, and of every later one. */
    void subscribe(Subscriber subscriber) {
        lane.execute(() -> {
            subscribers.add(subscriber);
            Trouble trouble = told;
            if (isKnown()) {
                subscriber.onStateOnLane(service, slices);
            }
            if (trouble != null) {
                subscriber.onTroubleOnLane(trouble);
            }
        });
    }

    void unsubscribe(Subscriber subscriber) {
        lane.execute(() -> subscribers.remove(subscriber));
    }

    private boolean isKnown() {
        return serviceListed && slicesListed;
    }

    private void changedOnLane() {
        if (!isKnown() || publicationDue) {
            return;
        }
        publicationDue = true;
        Duration since = Duration.ofNanos(place.clock().nanoTime() - lastPublicationNanos);
        Duration left = Duration.ofMillis(MIN_PAUSE_MILLIS).minus(since);
        if (!published || left.isNegative() || left.isZero()) {
            lane.execute(this::publishOnLane); // Behind the events that wait on the lane already.
        } else {
            Scheduler.Cancellable timer = place.scheduler().schedule(() -> lane.execute(this::publishOnLane), left);
            pause.put(timer);
        }
    }

    private void publishOnLane() {
        publicationDue = false;
        published = true;
        lastPublicationNanos = place.clock().nanoTime();
        for (Subscriber subscriber : List.copyOf(subscribers)) {
            // A task each, so that what one listener throws keeps nothing from the others.
            lane.execute(() -> subscriber.onStateOnLane(service, slices));
        }
    }

    private void troubleOnLane() {
        Trouble now = serviceTrouble != null ? serviceTrouble : sliceTrouble;
        Trouble before = told;
        if (now == null ? before == null : before != null && before.situation().equals(now.situation())) {
            return; // Told once per situation.
        }
        told = now;
        for (Subscriber subscriber : List.copyOf(subscribers)) {
            lane.execute(now == null ? subscriber::onTroubleOverOnLane : () -> subscriber.onTroubleOnLane(now));
        }
        if (now == null) {
            changedOnLane();
        }
    }

    /** A single object under its name: several can not come, but an older one may (rule W-16). */
    private final class ServiceSink implements WatchSink<ServiceObject> {
        private boolean warned; // Touched on the lane only.

        @Override
        public void onListOnLane(List<ServiceObject> objects) {
            serviceListed = true;
            service = objects.isEmpty() ? null : objects.get(0);
            warnOfPolicyOnLane();
            changedOnLane();
        }

        @Override
        public void onEventsOnLane(List<Event<ServiceObject>> events) {
            for (Event<ServiceObject> event : events) {
                if (event instanceof WatchEvents.Put<ServiceObject> put && !isOlder(put.object())) {
                    service = put.object();
                } else if (event instanceof WatchEvents.Removed<ServiceObject> removed && !isOlder(removed.object())) {
                    service = null;
                }
            }
            warnOfPolicyOnLane();
            changedOnLane();
        }

        private void warnOfPolicyOnLane() {
            if (service != null && service.internalTrafficPolicy().equals("Local") && !warned) {
                warned = true;
                log.warn(
                        "{}: internalTrafficPolicy Local is not followed by this version of inmesh, endpoints of all nodes are used",
                        service.id());
            }
        }

        private boolean isOlder(ServiceObject object) {
            ServiceObject held = service;
            return held != null && ResourceVersions.compare(object.version(), held.version()) < 0;
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            serviceTrouble = trouble;
            troubleOnLane();
        }
    }

    /** Adds up what concerns slices; changes of versions and annotations alone cause nothing (rule A-13). */
    private final class SliceSink implements WatchSink<Slice> {
        @Override
        public void onListOnLane(List<Slice> objects) {
            boolean first = !slicesListed;
            slicesListed = true;
            if (!slices.replaceAll(objects).isEmpty() || first) {
                changedOnLane();
            }
        }

        @Override
        public void onEventsOnLane(List<Event<Slice>> events) {
            boolean changed = false;
            for (Event<Slice> event : events) {
                if (event instanceof WatchEvents.Put<Slice> put) {
                    changed |= !slices.put(put.object()).isEmpty();
                } else if (event instanceof WatchEvents.Removed<Slice> removed) {
                    changed |= !slices.remove(removed.object()).isEmpty();
                }
            }
            if (changed) {
                changedOnLane();
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            sliceTrouble = trouble;
            troubleOnLane();
        }
    }
}
