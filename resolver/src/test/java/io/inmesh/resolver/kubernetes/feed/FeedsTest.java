package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** One source for however many ask, let go some time after the last of them. */
class FeedsTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final Source<List<Slice>> SLICES =
            new Source.SlicesOf(new ObjectName(NamespaceScene.NAMESPACE, "a"));

    private final FakeClock clock = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final CountedStreams streams = new CountedStreams(api);
    private int lookups;
    private final Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
            streams,
            LOWEST,
            host -> {
                lookups++;
                return List.of(InetAddress.getByName("192.0.2.1"));
            },
            Runnable::run,
            Duration.ofSeconds(30),
            2,
            WatchConfig.DEFAULT,
            null)));
    private final Context context = new Context(clock, clock);
    private int changes;

    private Feeds.Use<List<Slice>> use() {
        return use(context);
    }

    private Feeds.Use<List<Slice>> use(Context user) {
        Feeds.Use<List<Slice>> use = feeds.use(user, SLICES, () -> changes++);
        clock.runDue();
        return use;
    }

    private Exchange last() {
        clock.runDue();
        return api.exchanges.get(api.exchanges.size() - 1);
    }

    private void listed() {
        last().list("10", NamespaceScene.slice("a1", 9, "a", "10.0.0.1"));
        last().head(200, null);
        clock.runDue();
        changes = 0;
    }

    @Test
    void two_uses_share_one_watch_and_each_hears_until_it_is_closed() {
        Feeds.Use<List<Slice>> one = use();
        Feeds.Use<List<Slice>> other = use();
        assertThat(api.exchanges).hasSize(1);
        listed();
        last().line("MODIFIED", NamespaceScene.slice("a1", 11, "a", "10.0.0.2"));
        clock.runDue();
        assertThat(changes).isEqualTo(2);
        assertThat(one.finding()).isEqualTo(other.finding());
        one.close();
        one.close(); // Once is enough, and the other's hold is not its to give.
        clock.advance(Feeds.LINGER.multipliedBy(2));
        assertThat(streams.open()).isEqualTo(1);
        last().line("MODIFIED", NamespaceScene.slice("a1", 12, "a", "10.0.0.3"));
        clock.runDue();
        assertThat(changes).isEqualTo(3);
        other.close();
        clock.advance(Feeds.LINGER);
        assertThat(streams.open()).isZero();
        assertThat(clock.timers()).isZero();
    }

    @Test
    void who_comes_back_soon_finds_it_known_and_later_it_begins_anew() {
        use().close();
        listed();
        clock.advance(Feeds.LINGER.minusSeconds(1));
        Feeds.Use<List<Slice>> again = use();
        assertThat(again.finding().value()).hasSize(1);
        clock.advance(Duration.ofSeconds(2));
        assertThat(streams.open()).as("the first timer is meant no more").isEqualTo(1);
        again.close();
        clock.advance(Feeds.LINGER.minusSeconds(1));
        assertThat(streams.open()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(streams.open()).isZero();
        assertThat(use().finding().isPending()).isTrue();
        assertThat(last().path).doesNotContain("watch=1");
    }

    @Test
    void a_use_closed_before_its_watch_has_begun_leaves_nothing() {
        feeds.use(context, SLICES, () -> changes++).close();
        clock.advance(Feeds.LINGER);
        assertThat(streams.open()).isZero();
        assertThat(clock.timers()).isZero();
    }

    @Test
    void what_a_mesh_used_ends_with_it_at_once_also_what_lingers_and_nobody_else_s() {
        Context equal = new Context(clock, clock);
        assertThat(equal).isEqualTo(context);
        Feeds.Use<List<Slice>> mine = use();
        listed();
        Feeds.Use<List<Slice>> theirs = use(equal);
        listed();
        Feeds.Use<List<String>> name = feeds.use(context, new Source.AddressesOf("db.example.org"), () -> changes++);
        name.close();
        clock.runDue();
        assertThat(streams.open()).isEqualTo(2);
        feeds.release(context);
        assertThat(streams.open()).isEqualTo(1);
        last().line("MODIFIED", NamespaceScene.slice("a1", 11, "a", "10.0.0.2"));
        clock.runDue();
        assertThat(NamespaceScene.words(Objects.requireNonNull(theirs.finding().value())))
                .containsExactly("a1=10.0.0.2");
        mine.close(); // Late, as a lane may do it.
        theirs.close();
        clock.advance(Feeds.LINGER);
        assertThat(clock.timers()).isZero();
        assertThat(lookups).isEqualTo(1);
    }

    @Test
    void after_a_release_the_same_context_begins_anew() {
        Feeds.Use<List<Slice>> old = use();
        listed();
        feeds.release(context);
        Feeds.Use<List<Slice>> fresh = use();
        assertThat(fresh.finding().isPending()).isTrue();
        listed();
        old.close();
        clock.advance(Feeds.LINGER);
        assertThat(fresh.finding().value()).hasSize(1);
        assertThat(streams.open()).isEqualTo(1);
    }

    @Test
    void closing_ends_everything_at_once_without_any_lane_and_nothing_begins_after_it() {
        use();
        listed();
        feeds.use(context, new Source.OneService(new ObjectName(NamespaceScene.NAMESPACE, "b")), () -> changes++);
        feeds.use(context, new Source.AllNodes(), () -> changes++).close();
        feeds.use(context, new Source.ZoneOf("node-1"), () -> changes++);
        feeds.use(context, new Source.AddressesOf("db.example.org"), () -> changes++);
        clock.runDue();
        assertThat(api.exchanges).hasSize(5);
        feeds.close();
        assertThat(streams.open()).isZero();
        assertThat(api.exchanges.stream().filter(exchange -> !exchange.path.contains("watch=1")))
                .filteredOn(exchange -> !exchange.path.contains("endpointslices"))
                .allMatch(exchange -> exchange.cancelled);
        assertThat(clock.timers()).isZero();
        Feeds.Use<List<Slice>> late = use();
        assertThat(late.finding().isPending()).isTrue();
        late.close();
        clock.runDue();
        assertThat(api.exchanges).hasSize(5);
        assertThat(clock.timers()).isZero();
    }

    @Test
    void a_refresh_reaches_what_is_looked_up_and_nothing_that_is_watched_X3() {
        Feeds.Use<List<String>> name = feeds.use(context, new Source.AddressesOf("db.example.org"), () -> changes++);
        Feeds.Use<List<Slice>> slices = use();
        listed();
        clock.advance(Duration.ofSeconds(2));
        int asked = api.exchanges.size();
        name.refresh();
        slices.refresh();
        clock.runDue();
        assertThat(lookups).isEqualTo(2);
        assertThat(api.exchanges).hasSize(asked);
        assertThat(name.age()).isEmpty();
        assertThat(slices.age()).isPresent();
    }
}
