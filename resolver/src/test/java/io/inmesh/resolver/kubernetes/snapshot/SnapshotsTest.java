package io.inmesh.resolver.kubernetes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When files are written, what becomes of bad ones, and that each is whole. */
class SnapshotsTest {
    private static final Duration PAUSE = SnapshotSlot.PAUSE;

    private Path temporary = Path.of("");
    private Path directory = Path.of("");
    private final FakeClock clock = new FakeClock();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> moves = new ArrayList<>(); // The name of each file that took its place.
    private Instant start = Kept.MORNING;

    @BeforeEach
    void within(@TempDir Path given) {
        temporary = given;
        directory = temporary.resolve("made/when/needed");
    }

    private Snapshots snapshots() {
        return snapshots((from, to) -> {
            moves.add(to.getFileName().toString());
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    private Snapshots snapshots(SnapshotDirectory.Move move) {
        Snapshots.Means means =
                new Snapshots.Means(directory, clock, () -> start.plusNanos(clock.nanoTime()), warnings::add);
        return new Snapshots(means, move);
    }

    private @Nullable Snapshot read(Snapshots from) {
        AtomicReference<@Nullable Snapshot> read = new AtomicReference<>();
        List<Boolean> heard = new ArrayList<>();
        try (Snapshots.Use use = from.use(Kept.ORDERS)) {
            use.read(found -> {
                read.set(found);
                heard.add(true);
            });
            clock.runDue();
        }
        assertThat(heard).as("called back").hasSize(1);
        return read.get();
    }

    private List<String> hosts() {
        Snapshot read = read(snapshots());
        return read == null ? List.of() : Kept.hosts(read.set());
    }

    private Path file() {
        return directory.resolve(Kept.ORDERS.fileName());
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(String... hosts) {
        try (Snapshots.Use use = snapshots().use(Kept.ORDERS)) {
            use.keep(Kept.set(hosts));
            clock.advance(PAUSE);
        }
    }

    @Test
    void a_set_is_found_by_a_later_life_with_the_time_it_was_written() {
        keep("10.0.0.1", "10.0.0.2");
        Snapshot read = Objects.requireNonNull(read(snapshots()));
        assertThat(Kept.hosts(read.set())).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(read.set().stale()).isTrue();
        assertThat(read.written()).isEqualTo(Kept.MORNING);
        assertThat(files()).containsExactly(file());
        assertThat(warnings).isEmpty();
    }

    @Test
    void what_was_never_kept_is_not_found_and_is_no_reason_to_warn() {
        assertThat(read(snapshots())).isNull();
        assertThat(warnings).isEmpty();
        assertThat(directory).doesNotExist();
    }

    @Test
    void the_first_state_is_written_at_once_then_at_most_one_each_5_s_and_the_last_always() {
        try (Snapshots.Use use = snapshots().use(Kept.ORDERS)) {
            for (int i = 0; i < 1200; i++) { // A minute of churn.
                use.keep(Kept.set("10.0." + i / 200 + "." + i % 200));
                clock.advance(Duration.ofMillis(50));
            }
            assertThat(moves).as("one at once, then one each 5 s").hasSizeBetween(12, 13);
            clock.advance(PAUSE);
        }
        assertThat(hosts()).containsExactly("10.0.5.199");
    }

    @Test
    void each_target_has_its_own_pace_and_resolvers_of_one_target_share_it() {
        Snapshots all = snapshots();
        Snapshots.Use one = all.use(Kept.ORDERS);
        Snapshots.Use same = all.use(Kept.ORDERS);
        Snapshots.Use other = all.use(Kept.target("orders", "grpc"));
        one.keep(Kept.set("10.0.0.1"));
        same.keep(Kept.set("10.0.0.2"));
        other.keep(Kept.set("10.0.0.3"));
        clock.runDue();
        assertThat(moves).hasSize(2).doesNotHaveDuplicates();
        one.keep(Kept.set("10.0.0.4"));
        one.close();
        same.close();
        same.close();
        other.close();
        clock.advance(PAUSE);
        assertThat(hosts()).as("told before the close").containsExactly("10.0.0.4");
        clock.advance(PAUSE);
        assertThat(all.size()).as("nothing is left of what nobody uses").isZero();
        assertThat(clock.timers()).isZero();
    }

    @Test
    void what_does_not_change_is_renewed_each_day_while_it_is_in_use_and_so_outlives_the_age_limit() {
        Snapshots.Use use = snapshots().use(Kept.ORDERS);
        use.keep(Kept.set("10.0.0.1"));
        clock.advance(Duration.ofDays(20));
        assertThat(moves).hasSizeBetween(19, 21);
        use.close();
        clock.advance(SnapshotFiles.MAX_AGE.minusDays(1));
        assertThat(hosts()).containsExactly("10.0.0.1");
        clock.advance(Duration.ofDays(2));
        assertThat(hosts()).as("too old").isEmpty();
        assertThat(warnings).isEmpty();
        assertThat(clock.timers()).isZero();
    }

    @Test
    void a_fact_removes_the_file_and_a_set_after_it_brings_it_back() {
        keep("10.0.0.1");
        try (Snapshots.Use use = snapshots().use(Kept.ORDERS)) {
            use.forget();
            clock.advance(PAUSE);
            assertThat(file()).doesNotExist();
            use.forget();
            clock.advance(PAUSE);
            use.keep(Kept.set("10.0.0.2"));
            clock.advance(PAUSE);
        }
        assertThat(hosts()).containsExactly("10.0.0.2");
        assertThat(warnings).isEmpty();
    }

    @Test
    void a_crash_between_writing_and_moving_leaves_the_old_file_whole() {
        keep("10.0.0.1");
        byte[] before = bytes();
        Snapshots crashing = snapshots((from, to) -> {
            assertThat(from.getParent())
                    .as("beside it, so that the move is atomic")
                    .isEqualTo(directory);
            Files.copy(from, directory.resolve("inmesh-left-" + clock.nanoTime() + ".tmp")); // What a crash leaves.
            throw new IOException("the plug was pulled");
        });
        try (Snapshots.Use use = crashing.use(Kept.ORDERS)) {
            use.keep(Kept.set("10.0.0.2"));
            clock.advance(PAUSE);
            use.keep(Kept.set("10.0.0.3"));
            clock.advance(PAUSE);
        }
        assertThat(bytes()).isEqualTo(before);
        assertThat(hosts()).containsExactly("10.0.0.1");
        assertThat(warnings).as("once").hasSize(1);
    }

    @Test
    void what_crashes_left_behind_and_nobody_reads_any_more_is_removed_and_nothing_else() throws IOException {
        keep("10.0.0.1");
        Path fresh = Files.writeString(directory.resolve("inmesh-a.json123.tmp"), "half a fi");
        Path abandoned = Files.writeString(directory.resolve("inmesh-b.json123.tmp"), "half a fi");
        Path unused = Files.writeString(directory.resolve("inmesh-c.json"), "{}");
        Path foreign = Files.writeString(directory.resolve("notes.json"), "{}");
        Instant now = Kept.MORNING.plusNanos(clock.nanoTime());
        Files.setLastModifiedTime(fresh, FileTime.from(now.minusSeconds(60)));
        Files.setLastModifiedTime(abandoned, FileTime.from(now.minus(Duration.ofHours(2))));
        for (Path old : List.of(unused, foreign)) {
            Files.setLastModifiedTime(old, FileTime.from(now.minus(SnapshotFiles.MAX_AGE.multipliedBy(3))));
        }
        assertThat(hosts()).containsExactly("10.0.0.1");
        assertThat(files()).containsExactlyInAnyOrder(file(), fresh, foreign);
    }

    @Test
    void a_damaged_file_is_told_once_however_many_read_it_and_is_replaced() throws IOException {
        keep("10.0.0.1");
        Files.writeString(file(), Files.readString(file()).replace("10.0.0.1", "10.6.6.6"));
        Snapshots all = snapshots();
        assertThat(read(all)).isNull();
        assertThat(read(all)).isNull();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(file().toString(), "sha256", "is ignored", "replaced as soon as");
        keep("10.0.0.2");
        assertThat(hosts()).containsExactly("10.0.0.2");
    }

    @Test
    void a_file_that_is_too_large_is_not_read_whole() throws IOException {
        Files.createDirectories(directory);
        Files.write(file(), new byte[SnapshotDirectory.MAX_BYTES + 1]);
        assertThat(read(snapshots())).isNull();
        assertThat(warnings).singleElement().asString().contains("too large");
    }

    @Test
    void what_is_no_file_is_not_opened_and_not_overwritten() throws IOException {
        Files.createDirectories(file().resolve("with something in it"));
        assertThat(read(snapshots())).isNull();
        keep("10.0.0.1");
        assertThat(warnings).hasSize(2).anyMatch(text -> text.contains("it is no file"));
        assertThat(file()).isDirectory();
        assertThat(files()).as("no temporary file is left").containsExactly(file());
    }

    @Test
    void a_directory_that_cannot_be_made_is_told_once_with_what_to_do() throws IOException {
        directory = Files.writeString(temporary.resolve("file"), "in the way").resolve("below");
        Snapshots all = snapshots();
        for (String service : List.of("orders", "items", "users")) {
            try (Snapshots.Use use = all.use(Kept.target(service, "http"))) {
                use.keep(Kept.set("10.0.0.1"));
                clock.advance(PAUSE);
                use.keep(Kept.set("10.0.0.2"));
                clock.advance(PAUSE);
            }
        }
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(directory.toString(), "cannot be kept", "inmesh.kubernetes.snapshots");
    }

    @Test
    void closing_writes_what_waits_for_the_end_of_its_pause() {
        Snapshots.Means means;
        try (Scheduler blocking = Scheduler.system("snapshots-test")) {
            means = new Snapshots.Means(directory, blocking, () -> Kept.MORNING, warnings::add);
            try (Snapshots all = new Snapshots(means)) {
                Snapshots.Use use = all.use(Kept.ORDERS);
                use.keep(Kept.set("10.0.0.1"));
                use.keep(Kept.set("10.0.0.2"));
                use.keep(Kept.set("10.0.0.3"));
                use.close();
            }
        }
        assertThat(hosts()).containsExactly("10.0.0.3");
        assertThat(warnings).isEmpty();
    }

    @Test
    void closing_does_not_wait_for_a_disk_that_hangs() {
        long began = System.nanoTime();
        Snapshots hanging = snapshots(); // On a clock that nobody advances: nothing is ever written.
        hanging.use(Kept.ORDERS).keep(Kept.set("10.0.0.1"));
        hanging.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        assertThat(warnings).singleElement().asString().contains("1 snapshots", directory.toString());
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
