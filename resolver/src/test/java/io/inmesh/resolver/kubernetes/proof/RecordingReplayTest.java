package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.proof.Recording.Checkpoint;
import io.inmesh.resolver.kubernetes.proof.Recording.Line;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Recordings of a real API server, replayed over real HTTP: at every checkpoint whoever has listened all along knows what one who
 * begins there, with the checkpoint's own lists, finds (rules, W-1, W-15).
 */
class RecordingReplayTest {

    /** Lets lines come as a checkpoint is reached. */
    private interface Pace {
        void send(List<Line> lines, Checkpoint until) throws InterruptedException;
    }

    @TestFactory
    Stream<DynamicTest> at_full_speed_every_checkpoint_equals_one_built_afresh() throws IOException {
        return Recordings.all().stream()
                .map(recording -> DynamicTest.dynamicTest(recording.name(), () -> replayAtFullSpeed(recording)));
    }

    static void replayAtFullSpeed(Recording recording) throws InterruptedException {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            replay(recording, api, (lines, until) -> lines.forEach(line -> api.replay(line.text())));
        }
    }

    @Test
    void a_rolling_update_at_its_own_pace_equals_one_built_afresh_at_every_checkpoint() throws Exception {
        Assumptions.assumeTrue(Recordings.has("rolling-update"), "the recordings given have no 'rolling-update'");
        try (ScriptedApiServer api = ScriptedApiServer.open();
                Scheduler scheduler = Scheduler.system("recorded-pace")) {
            long[] sentMs = {0};
            replay(Recordings.named("rolling-update"), api, (lines, until) -> {
                CountDownLatch reached = new CountDownLatch(1);
                Queue<Line> inOrder = new ConcurrentLinkedQueue<>(lines); // Whichever timer is first sends the first.
                for (Line line : lines) {
                    scheduler.schedule(() -> sendNext(inOrder, api), Duration.ofMillis(line.ms() - sentMs[0]));
                }
                scheduler.schedule(reached::countDown, Duration.ofMillis(until.readMs() - sentMs[0]));
                assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
                sentMs[0] = until.readMs();
            });
        }
    }

    private static void sendNext(Queue<Line> lines, ScriptedApiServer api) {
        synchronized (lines) {
            api.replay(lines.remove().text());
        }
    }

    private static void replay(Recording recording, ScriptedApiServer api, Pace pace) throws InterruptedException {
        recording.load(api);
        try (Clients clients = Clients.of(recording, api.url())) {
            long before = -1;
            for (Checkpoint checkpoint : recording.checkpoints()) {
                long since = before;
                List<Line> lines = recording.linesUntil(checkpoint.readMs()).stream()
                        .filter(line -> line.ms() > since)
                        .toList();
                pace.send(lines, checkpoint);
                before = checkpoint.readMs();
                compare(recording, checkpoint, clients);
            }
        }
    }

    private static void compare(Recording recording, Checkpoint checkpoint, Clients clients) {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            recording.load(api, checkpoint);
            try (Clients afresh = Clients.of(recording, api.url())) {
                boolean last = checkpoint.equals(
                        recording.checkpoints().get(recording.checkpoints().size() - 1));
                Quiet.await(
                        recording.name() + ", " + checkpoint.after(),
                        last ? Quiet.WHILE : Duration.ZERO,
                        clients.patience().plus(afresh.patience()),
                        () -> differences(clients, afresh));
            }
        }
    }

    private static List<String> differences(Clients clients, Clients afresh) {
        List<String> differences = new ArrayList<>();
        assertThat(clients.questions()).isNotEmpty();
        for (Clients.Question question : clients.questions()) {
            Told known = clients.told(question);
            Told expected = afresh.told(question);
            if (!Told.same(known, expected)) {
                differences.add(question + ": " + known.fact() + "\n    afresh: " + expected.fact());
            }
        }
        return differences;
    }
}
