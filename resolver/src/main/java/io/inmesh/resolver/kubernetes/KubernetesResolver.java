package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.WatchAge;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.rule.Answer;
import io.inmesh.resolver.kubernetes.rule.Question;
import io.inmesh.resolver.kubernetes.rule.Recollection;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one target: asks its {@link Question} at every change of what it stands on, and has its {@link Publisher} tell what is
 * different. What the rules ask for is watched from then on, and let go when they no longer ask. A change is told at once while
 * it is quiet, and at most every {@value #MIN_PAUSE_MILLIS} ms under churn.
 *
 * <p>No change is missed, though most are not told one by one. Whoever changes something first makes it visible, then raises {@link
 * #due}; who finds it raised leaves. An evaluation lowers it before it reads anything. So whoever found it raised did so before some
 * evaluation lowered it, and that one reads the change. From the one who raised it until the evaluation there is always exactly one
 * task or timer on its way: a pace task, which becomes the evaluation or the timer of {@link #pause}, which becomes the evaluation. That
 * timer is never replaced, since without an evaluation nobody raises it again; only {@link #close} ends it.
 *
 * <p>Threads: {@link #start} and {@link #close} from anywhere, once each; the listener is called on the lane of the target's namespace.
 */
final class KubernetesResolver implements Resolver {
    private static final long MIN_PAUSE_MILLIS = 50; // 20 publications a second.

    private final Question question;
    private final Feeds feeds;
    private final Context context;
    private final Lane lane;
    private final EarlierLife earlier;
    private final Extras extras = new Extras();
    private final CancelSlot pause = new CancelSlot();
    private final AtomicBoolean started = new AtomicBoolean();

    /** Written by close, read on the lane: nothing is told after it. */
    private volatile boolean closed;

    /** Raised by whatever changed, lowered on the lane: an evaluation is due and will see the change. */
    private final AtomicBoolean due = new AtomicBoolean();

    /** What is held. Changed on the lane, read by whoever asks for ages or for a refresh. */
    private final Map<Source<?>, Feeds.Use<?>> uses = new ConcurrentHashMap<>();

    // All below are touched on the lane only.
    private @Nullable Listener listener;
    private final Recollection recollection = new Recollection();
    private final TriggerTimes triggers = new TriggerTimes();
    private boolean evaluated;
    private long lastEvaluationNanos;
    private final Publisher publisher;

    /** One that keeps nothing for a later life of the process. */
    KubernetesResolver(Question question, Feeds feeds, Context context) {
        this(question, feeds, context, null, new Sayings());
    }

    KubernetesResolver(
            Question question, Feeds feeds, Context context, @Nullable PlacedSnapshots snapshots, Sayings sayings) {
        this.earlier = new EarlierLife(snapshots);
        this.publisher = new Publisher(question.describe(), question.about(), earlier, sayings);
        this.question = question;
        this.feeds = feeds;
        this.context = context;
        this.lane = feeds.lane(context, question.namespace());
    }

    @Override
    public void start(Listener hearing) {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "the resolver of " + question.describe() + " was started before (expected: once)");
        }
        due.set(true);
        lane.execute(() -> {
            listener = hearing;
            earlier.startOnLane(context.scheduler(), lane, this::evaluateOnLane);
            evaluateOnLane();
        });
    }

    @Override
    public void refresh() {
        uses.values().forEach(Feeds.Use::refresh);
    }

    @Override
    public List<WatchAge> ages() {
        return uses.values().stream()
                .flatMap(use -> use.age().stream())
                .sorted(Comparator.comparing(WatchAge::watch))
                .toList();
    }

    @Override
    public void close() {
        closed = true;
        pause.close();
        earlier.close();
        extras.close();
        lane.execute(() -> {
            uses.values().forEach(Feeds.Use::close);
            uses.clear();
            publisher.closeOnLane();
        });
    }

    private void changed() {
        if (due.compareAndSet(false, true)) {
            lane.execute(this::paceOnLane); // Behind the events that wait on the lane already (rule A-12).
        }
    }

    private void paceOnLane() {
        Duration left =
                Duration.ofMillis(MIN_PAUSE_MILLIS).minusNanos(context.clock().nanoTime() - lastEvaluationNanos);
        if (!evaluated || left.isNegative() || left.isZero()) {
            evaluateOnLane();
        } else {
            Scheduler.Cancellable timer = context.scheduler().schedule(() -> lane.execute(this::evaluateOnLane), left);
            pause.put(timer);
        }
    }

    private void evaluateOnLane() {
        lane.assertOnLane();
        due.set(false); // Before anything is read: what changes from here on is due again.
        Listener hearing = listener;
        if (closed || hearing == null) {
            return;
        }
        long beganNanos =
                context.clock().nanoTime(); // The pause runs from here, or each change waits for the work as well.
        Asking asking = new Asking();
        Answer answer = question.answer(asking, recollection);
        asking.forgetOthersOnLane();
        extras.rememberOnLane(asking.asked, asking.values);
        if (answer.result() != null) { // Waiting for the first answers is no churn.
            evaluated = true;
            lastEvaluationNanos = beganNanos;
        }
        if (answer.result() instanceof Answer.Found) {
            extras.toldOnLane();
        }
        publisher.tellOnLane(hearing, answer, triggers.risen(asking.values));
    }

    /** One evaluation's questions. */
    private final class Asking implements Known {
        private final Set<Source<?>> asked = new HashSet<>();
        private final Map<Source<?>, Object> values = new HashMap<>(); // What each said that said anything.

        @Override
        public <T> Finding<T> ask(Source<T> source) {
            asked.add(source);
            @SuppressWarnings("unchecked") // Kept under a source of the same type.
            Feeds.Use<T> use = (Feeds.Use<T>) uses.computeIfAbsent(
                    source, unknown -> feeds.use(context, source, KubernetesResolver.this::changed));
            Finding<T> finding = use.finding();
            if (finding.value() != null) {
                values.put(source, finding.value());
            }
            return finding;
        }

        @Override
        public <T> @Nullable T before(Source<T> source) {
            return extras.beforeOnLane(source);
        }

        @Override
        public boolean mayWait() {
            return extras.mayWaitOnLane(context.scheduler(), KubernetesResolver.this::changed);
        }

        void forgetOthersOnLane() {
            uses.entrySet().removeIf(use -> {
                boolean other = !asked.contains(use.getKey());
                if (other) {
                    use.getValue().close();
                }
                return other;
            });
        }
    }
}
