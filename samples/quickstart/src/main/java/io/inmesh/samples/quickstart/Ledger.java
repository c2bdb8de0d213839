package io.inmesh.samples.quickstart;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.attempt.Safety;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The client's own books: what the application sent and got back, and, as an observer of the mesh, what was tried on which endpoint.
 *
 * <p>Threads: any. Sums are exact once nothing runs.
 */
final class Ledger implements BalancerObserver {
    private final Map<Safety, Book> books = Map.of(Safety.IDEMPOTENT, new Book(), Safety.UNSAFE, new Book());
    private final ConcurrentMap<PodPort, LongAdder> attempts = new ConcurrentHashMap<>();
    private final ConcurrentMap<PodPort, LongAdder> answers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Door, LongAdder> sentThrough = new ConcurrentHashMap<>();
    private final ConcurrentMap<Door, LongAdder> attemptsThrough = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable String> firstLoss = new AtomicReference<>();

    /** Written by the script between phases, read as each answer arrives. */
    private volatile PhaseCounts phase = new PhaseCounts();

    private static final class Book {
        private final LongAdder sent = new LongAdder();
        private final LongAdder answered = new LongAdder();
        private final LongAdder lost = new LongAdder();
    }

    /**
     * Requests of one kind.
     *
     * @param sent how many the application sent
     * @param answered how many were answered
     * @param lost how many ended without an answer
     */
    record Totals(long sent, long answered, long lost) {}

    /** From now on answers count for this phase. */
    void begin(PhaseCounts next) {
        phase = next;
    }

    void sent(Safety safety, Door door) {
        book(safety).sent.increment();
        increment(sentThrough, door);
    }

    void answered(Safety safety, PodPort by, long tookNanos) {
        book(safety).answered.increment();
        increment(answers, by);
        phase.answered(by, tookNanos);
    }

    void lost(Safety safety, Door door, Exception why) {
        book(safety).lost.increment();
        firstLoss.compareAndSet(null, safety.name().toLowerCase(Locale.ROOT) + " " + door.portName() + ": " + why);
    }

    /** An attempt on an endpoint has ended, however it ended. */
    @Override
    public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        increment(attempts, podPort(target, endpoint));
        increment(attemptsThrough, Door.of(target));
    }

    Totals totals(Safety safety) {
        Book book = book(safety);
        return new Totals(book.sent.sum(), book.answered.sum(), book.lost.sum());
    }

    /** How many attempts were made on it. */
    long attempts(PodPort podPort) {
        return sum(attempts, podPort);
    }

    /** How many requests it answered. */
    long answers(PodPort podPort) {
        return sum(answers, podPort);
    }

    /** How often a request was sent again: attempts beyond the first of each. */
    long repeats(Door door) {
        return Math.max(0, sum(attemptsThrough, door) - sum(sentThrough, door));
    }

    /** What the first lost request ended with, or null if none was lost. */
    @Nullable
    String firstLoss() {
        return firstLoss.get();
    }

    private Book book(Safety safety) {
        return Objects.requireNonNull(books.get(safety), safety::name);
    }

    private static PodPort podPort(Target target, Endpoint endpoint) {
        String pod = endpoint.pod();
        return new PodPort(pod == null ? endpoint.address() : pod, Door.of(target));
    }

    private static <K> void increment(ConcurrentMap<K, LongAdder> counts, K key) {
        counts.computeIfAbsent(key, any -> new LongAdder()).increment();
    }

    private static <K> long sum(ConcurrentMap<K, LongAdder> counts, K key) {
        LongAdder found = counts.get(key);
        return found == null ? 0 : found.sum();
    }
}
