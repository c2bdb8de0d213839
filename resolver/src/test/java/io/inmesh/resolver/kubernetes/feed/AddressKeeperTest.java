package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** addresses behind external names. */
class AddressKeeperTest {
    private final FakeClock clock = new FakeClock();
    private final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    private final Feed<List<String>> feed = new Feed<>();
    private final Queue<Runnable> blocking = new ArrayDeque<>(); // Lookups under way, until a test ends them.
    private final List<Duration> asked = new ArrayList<>();
    private Lookup answer = host -> List.of();
    private boolean refusesWork;
    private int changes;
    private final AddressKeeper keeper = new AddressKeeper(
            "db.example.org",
            new AddressKeeper.Place(
                    host -> {
                        asked.add(Duration.ofNanos(clock.nanoTime()));
                        return answer.addresses(host);
                    },
                    this::block,
                    lane,
                    clock,
                    clock,
                    Duration.ofSeconds(30)),
            feed);

    private void block(Runnable lookup) {
        if (refusesWork) {
            throw new RejectedExecutionException("full");
        }
        blocking.add(lookup);
    }

    private static Lookup with(String... addresses) {
        return host -> {
            List<InetAddress> all = new ArrayList<>();
            for (String address : addresses) {
                all.add(InetAddress.getByName(address)); // Literals: nothing is looked up.
            }
            return all;
        };
    }

    private static Lookup failing(RuntimeException error) {
        return host -> {
            throw error;
        };
    }

    private void looked() {
        clock.runDue();
        Objects.requireNonNull(blocking.poll(), "a lookup under way").run();
        clock.runDue();
    }

    @BeforeEach
    void start() {
        feed.listen(() -> changes++);
        keeper.start();
    }

    @Test
    void addresses_are_canonical_sorted_without_duplicates_and_without_scope_ids_X3() throws UnknownHostException {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        InetAddress scoped = java.net.Inet6Address.getByAddress("db.example.org", linkLocal, 3);
        assertThat(scoped.getHostAddress()).isEqualTo("fe80:0:0:0:0:0:0:1%3");
        answer = host -> {
            List<InetAddress> all = new ArrayList<>(with("192.0.2.9", "2001:db8:0:0:0:0:0:1", "192.0.2.10", "192.0.2.9")
                    .addresses(host));
            all.add(scoped);
            return all;
        };
        looked();
        assertThat(feed.finding().value()).containsExactly("192.0.2.10", "192.0.2.9", "2001:db8::1", "fe80::1");
        assertThat(feed.age()).as("nothing is watched").isEmpty();
    }

    @Test
    void it_looks_again_at_the_interval_and_other_orders_are_no_change_X3() {
        answer = with("192.0.2.1", "192.0.2.2");
        looked();
        answer = with("192.0.2.2", "192.0.2.1");
        clock.advance(Duration.ofMillis(29_999));
        assertThat(blocking).isEmpty();
        clock.advance(Duration.ofMillis(1));
        looked();
        assertThat(changes).isEqualTo(1);
        answer = with("192.0.2.3");
        clock.advance(Duration.ofSeconds(30));
        looked();
        assertThat(feed.finding().value()).containsExactly("192.0.2.3");
        assertThat(asked).containsExactly(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    @Test
    void after_failed_connections_it_looks_again_but_at_most_once_a_second_X3() {
        answer = with("192.0.2.1");
        looked();
        for (int i = 0; i < 100; i++) {
            keeper.refresh();
        }
        clock.advance(Duration.ofMillis(999));
        assertThat(blocking).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(blocking).hasSize(1);
        keeper.refresh(); // One is under way.
        looked();
        assertThat(blocking).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        keeper.refresh();
        clock.runDue();
        assertThat(blocking).as("at once, if the last one is long ago").hasSize(1);
        looked();
        clock.advance(Duration.ofSeconds(29));
        assertThat(blocking).as("the interval begins anew").isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(blocking).hasSize(1);
    }

    @Test
    void a_lookup_that_fails_in_whatever_way_keeps_the_addresses_and_is_tried_again_X3() {
        answer = with("192.0.2.1");
        looked();
        List<Lookup> failures = Arrays.asList(
                host -> {
                    throw new UnknownHostException("db.example.org: no such name");
                },
                failing(new SecurityException("not allowed")),
                host -> List.of());
        for (Lookup failure : failures) {
            answer = failure;
            clock.advance(Duration.ofSeconds(30));
            looked();
            assertThat(feed.finding().value()).containsExactly("192.0.2.1");
            Trouble trouble = Objects.requireNonNull(feed.finding().trouble());
            assertThat(trouble.reason()).isEqualTo(Reason.NOT_SYNCED);
        }
        assertThat(changes).as("the same situation in other words").isEqualTo(2);
        refusesWork = true;
        clock.advance(Duration.ofSeconds(30));
        refusesWork = false;
        answer = with("192.0.2.1");
        clock.advance(Duration.ofSeconds(30));
        looked();
        assertThat(feed.finding().trouble()).isNull();
        assertThat(feed.finding().value()).containsExactly("192.0.2.1");
    }

    @Test
    void the_text_names_the_host_the_error_and_when_it_is_tried_again() {
        answer = host -> {
            throw new UnknownHostException("no such name");
        };
        looked();
        assertThat(Objects.requireNonNull(feed.finding().trouble()).text())
                .contains("'db.example.org'", "no such name", "every 30 s");
        assertThat(feed.finding().value()).isNull();
    }

    @Test
    void closed_while_a_lookup_is_under_way_it_asks_no_more_and_leaves_no_timer() {
        answer = with("192.0.2.1");
        clock.runDue();
        keeper.close();
        looked();
        keeper.refresh();
        clock.advance(Duration.ofMinutes(5));
        assertThat(asked).hasSize(1);
        assertThat(blocking).isEmpty();
        assertThat(clock.timers()).isZero();
    }
}
