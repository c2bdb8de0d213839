package io.inmesh.resolver.kubernetes.proof;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for things to be as they should be, and says what is not when they never are. */
final class Quiet {

    /** Longer than publications are apart: whatever is still to be told has been told by then. */
    static final Duration WHILE = Duration.ofMillis(150);

    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final int SHOWN = 5;

    private Quiet() {}

    /** Waits until there is no difference, and for none to appear for that long. */
    static void await(String what, Duration during, Supplier<List<String>> differences) {
        await(what, during, PATIENCE, differences);
    }

    /** The same with another patience. */
    static void await(String what, Duration during, Duration patience, Supplier<List<String>> differences) {
        try {
            Awaitility.await()
                    .pollInterval(LOOK_EVERY)
                    .during(during)
                    .atMost(patience.plus(during))
                    .until(() -> differences.get().isEmpty());
        } catch (ConditionTimeoutException e) {
            List<String> left = differences.get();
            throw new AssertionError(
                    what + ": " + left.size() + " differences after " + patience + ", the first:\n  "
                            + String.join("\n  ", left.subList(0, Math.min(SHOWN, left.size()))),
                    e);
        }
    }

    /** Waits until there is no difference. */
    static void await(String what, Supplier<List<String>> differences) {
        await(what, Duration.ZERO, differences);
    }
}
