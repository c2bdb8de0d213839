package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The slices of one namespace, watched for services that a test opens and closes; it answers by hand, on a clock that stands. */
final class NamespaceScene {
    static final String NAMESPACE = "prod";
    private static final RandomGenerator LOWEST = () -> 0L;

    final FakeClock clock = new FakeClock();
    final ScriptedTransport api;
    final CountedStreams streams;
    private final StreamBudget budget;
    final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    final NamespaceWatch<ObjectName, Slice, List<Slice>> watch;
    private final Map<String, Feed<List<Slice>>> feeds = new LinkedHashMap<>();
    private final Map<String, List<List<Slice>>> shown = new LinkedHashMap<>();

    /** Of a server that is known not to stream lists. */
    NamespaceScene(int limit) {
        this(limit, new ScriptedTransport());
    }

    /** Of a server of which that is known. */
    NamespaceScene(int limit, StreamingLists lists) {
        this(limit, new ScriptedTransport(lists));
    }

    private NamespaceScene(int limit, ScriptedTransport api) {
        this.api = api;
        this.streams = new CountedStreams(api);
        ListWatch.Place place = new ListWatch.Place(streams, lane, clock, clock, LOWEST);
        budget = new StreamBudget(limit);
        watch = new NamespaceWatch<>(WatchedKinds.slices(NAMESPACE), place, budget);
        budget.add(watch);
    }

    /** Another kind holds that many streams. */
    void occupy(int held) {
        budget.add(new StreamBudget.Holder() {
            @Override
            public int streamsOnLane() {
                return held;
            }

            @Override
            public boolean isInUseOnLane() {
                return held > 0;
            }

            @Override
            public boolean isForbiddenOnLane() {
                return false;
            }

            @Override
            public @Nullable Trouble hindranceOnLane() {
                return null;
            }

            @Override
            public void planSoonOnLane() {
                // It has what it wants.
            }
        });
    }

    static ObjectName name(String service) {
        return new ObjectName(NAMESPACE, service);
    }

    void open(String... services) {
        for (String service : services) {
            Feed<List<Slice>> feed = new Feed<>();
            feeds.put(service, feed);
            List<List<Slice>> history = new ArrayList<>();
            shown.put(service, history);
            feed.listen(() -> {
                List<Slice> value = feed.finding().value();
                if (value != null
                        && (history.isEmpty()
                                || !history.get(history.size() - 1).equals(value))) {
                    history.add(value);
                }
            });
            lane.execute(() -> watch.openOnLane(name(service), feed));
        }
        clock.runDue();
    }

    void close(String... services) {
        for (String service : services) {
            Feed<List<Slice>> feed = Objects.requireNonNull(feeds.remove(service));
            lane.execute(() -> watch.closeOnLane(name(service), feed));
        }
        clock.runDue();
    }

    Feed<List<Slice>> feed(String service) {
        clock.runDue();
        return Objects.requireNonNull(feeds.get(service));
    }

    Map<String, Feed<List<Slice>>> feeds() {
        return feeds;
    }

    /** What was shown of a service since it was opened, one after the other. */
    List<List<Slice>> values(String service) {
        clock.runDue();
        return Objects.requireNonNull(shown.get(service));
    }

    /** The same in words: {@code s1=10.0.0.1}. */
    List<List<String>> history(String service) {
        return values(service).stream().map(NamespaceScene::words).toList();
    }

    /** What is shown now; null if nothing was heard. */
    @Nullable
    List<String> now(String service) {
        List<Slice> value = feed(service).finding().value();
        return value == null ? null : words(value);
    }

    static List<String> words(List<Slice> slices) {
        return slices.stream()
                .map(slice -> slice.id().name() + "=" + slice.endpoints().get(0).address())
                .toList();
    }

    /** A slice of a service with one endpoint. */
    static String slice(String name, int version, String service, String address) {
        return "{metadata: {name: '" + name + "', namespace: '" + NAMESPACE + "', resourceVersion: '" + version
                + "', labels: {'kubernetes.io/service-name': '" + service + "'}}, addressType: 'IPv4',"
                + " ports: [{name: 'http', port: 8080, protocol: 'TCP'}], endpoints: [{addresses: ['" + address
                + "'], conditions: {ready: true}}]}";
    }

    /** The exchange that runs for one service alone. */
    Exchange narrow(String service) {
        return running(exchange -> exchange.path.contains("service-name%3D" + service));
    }

    /** The exchange that runs for the namespace. */
    Exchange wide() {
        return running(exchange -> !exchange.path.contains("labelSelector"));
    }

    private Exchange running(Predicate<Exchange> which) {
        clock.runDue();
        return api.exchanges.stream()
                .filter(which.and(exchange -> !exchange.cancelled))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    boolean isWide() {
        clock.runDue();
        return api.exchanges.stream()
                .anyMatch(exchange -> !exchange.cancelled && !exchange.path.contains("labelSelector"));
    }

    /** Opens services and answers their own lists with these slices, one each, at that version. */
    void alone(int version, String... services) {
        open(services);
        for (String service : services) {
            narrow(service).list(Integer.toString(version), slice(service + "1", version, service, "10.0.0.1"));
            narrow(service).head(200, null);
        }
        clock.runDue();
        assertThat(streams.open()).isEqualTo(services.length);
    }

    boolean isNarrow(String service) {
        clock.runDue();
        return api.exchanges.stream()
                .anyMatch(exchange -> !exchange.cancelled && exchange.path.contains("service-name%3D" + service));
    }

    /** Answers the wide list, which is asked for, with these, and opens its watch. */
    void wideOf(String... slices) {
        wide().list("20", slices);
        wide().head(200, null);
        clock.runDue();
    }

    /** Three services, with a limit of two, stand on one wide watch. */
    void threeShareOne() {
        alone(10, "a", "b");
        open("c");
        wideOf(
                slice("a1", 10, "a", "10.0.0.1"),
                slice("b1", 10, "b", "10.0.0.1"),
                slice("c1", 15, "c", "10.0.0.3"),
                slice("x1", 16, "unused", "10.0.0.9"));
    }

    /** Makes the wide watch ask for its list again. */
    void relist() {
        wide().line("ERROR", "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}")
                .end(null);
        clock.advance(Duration.ofSeconds(1));
    }
}
