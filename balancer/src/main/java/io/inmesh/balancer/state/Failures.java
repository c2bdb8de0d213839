package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what went wrong on one endpoint, by where it came from, and how often in a row. Failures are rare, so nothing is packed; what a success
 * does here is to read one number, and to write only after a failure.
 *
 * <p>Totals only grow (modulo 2^32) and are never set back: a detector takes the difference between its own readings, so any number of
 * detectors may read them. Under races a row may come out one longer or shorter than it was.
 *
 * <p>Threads: any.
 */
final class Failures {
    private final AtomicInteger external = new AtomicInteger();
    private final AtomicInteger gateway = new AtomicInteger();
    private final AtomicInteger local = new AtomicInteger();
    private final AtomicInteger timeouts = new AtomicInteger();

    /** Of any origin, in a row; 0 makes sure that the others are. */
    private final AtomicInteger row = new AtomicInteger();

    private final AtomicInteger answeredRow = new AtomicInteger();
    private final AtomicInteger gatewayRow = new AtomicInteger();
    private final AtomicInteger localRow = new AtomicInteger();

    /** One went well: rows end. */
    void succeeded() {
        if (row.get() != 0) {
            row.set(0);
            answeredRow.set(0);
            gatewayRow.set(0);
            localRow.set(0);
        }
    }

    /** True if the outcome speaks against the endpoint: failures and our own timeouts do, nothing else. */
    static boolean isOne(Outcome outcome) {
        return outcome instanceof Outcome.Failure || outcome instanceof Outcome.Timeout;
    }

    /** Counts one, and gives the rows that it made longer. */
    FailureWatch.Rows count(Outcome outcome) {
        int all = row.incrementAndGet();
        if (!(outcome instanceof Outcome.Failure failure)) {
            timeouts.incrementAndGet();
            gatewayRow.set(0);
            return new FailureWatch.Rows(all, answeredRow.incrementAndGet(), 0, 0);
        }
        return switch (failure.origin()) {
            case EXTERNAL -> {
                external.incrementAndGet();
                gatewayRow.set(0);
                localRow.set(0); // It was reached.
                yield new FailureWatch.Rows(all, answeredRow.incrementAndGet(), 0, 0);
            }
            case GATEWAY -> {
                gateway.incrementAndGet();
                localRow.set(0);
                yield new FailureWatch.Rows(all, answeredRow.incrementAndGet(), gatewayRow.incrementAndGet(), 0);
            }
            case LOCAL -> {
                local.incrementAndGet();
                yield new FailureWatch.Rows(all, 0, 0, localRow.incrementAndGet());
            }
        };
    }

    /** The totals, beside that number of successes. */
    Tally tally(int successes) {
        return new Tally(successes, external.get(), gateway.get(), local.get(), timeouts.get());
    }
}
