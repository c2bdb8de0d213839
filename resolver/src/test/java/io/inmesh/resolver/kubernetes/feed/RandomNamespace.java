package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Slices that change by chance, and an API server for them whose lists are made at one moment and arrive at a later one, while watches
 * go on.
 */
final class RandomNamespace {
    static final List<String> SERVICES = List.of("a", "b", "c", "d", "e", "f");
    private static final int SLICES = 10;
    private static final Pattern SERVICE = Pattern.compile("service-name%3D([a-z]+)");
    private static final Pattern VERSION = Pattern.compile("resourceVersion=(\\d+)");
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private record Stored(String name, int version, String service, String address) {
        String json() {
            return NamespaceScene.slice(name, version, service, address);
        }
    }

    private record Change(
            int version, @Nullable Stored before, @Nullable Stored after) {}

    private record Watch(Exchange exchange, @Nullable String service) {}

    private record Made(Exchange exchange, int version, List<String> items) {}

    private final ScriptedTransport transport;
    private final RandomGenerator random;
    private final Map<String, Stored> slices = new TreeMap<>();
    private final List<Change> log = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Made> underWay = new ArrayList<>();
    private int version = 1;
    private int compacted = 1;

    RandomNamespace(ScriptedTransport transport, RandomGenerator random) {
        this.transport = transport;
        this.random = random;
    }

    /** What a service's slices are: {@code s1=10.0.0.1}, by name. */
    List<String> of(String service) {
        return slices.values().stream()
                .filter(slice -> slice.service().equals(service))
                .map(slice -> slice.name() + "=" + slice.address())
                .toList();
    }

    /** Changes one slice: another address, another service, or it goes or comes. */
    void change() {
        String name = "s" + random.nextInt(SLICES);
        Stored before = slices.get(name);
        Stored after = before != null && random.nextInt(4) == 0
                ? null
                : new Stored(
                        name,
                        ++version,
                        before == null || random.nextInt(4) == 0
                                ? SERVICES.get(random.nextInt(SERVICES.size()))
                                : before.service(),
                        "10.0." + random.nextInt(250) + "." + random.nextInt(250));
        if (after == null) {
            slices.remove(name);
            log.add(new Change(++version, before, null));
        } else {
            slices.put(name, after);
            log.add(new Change(version, before, after));
        }
        watches.removeIf(watch -> watch.exchange().cancelled);
        watches.forEach(watch -> send(watch, log.get(log.size() - 1)));
    }

    private static void send(Watch watch, Change change) {
        Stored before = change.before();
        Stored after = change.after();
        boolean was = before != null && isSeen(watch, before);
        if (after != null && isSeen(watch, after)) {
            watch.exchange().line(was ? "MODIFIED" : "ADDED", after.json());
        } else if (was) { // A-11, W-15: the last content, under the version of its end.
            Stored last = Objects.requireNonNull(before);
            watch.exchange()
                    .line("DELETED", new Stored(last.name(), change.version(), last.service(), last.address()).json());
        }
    }

    private static boolean isSeen(Watch watch, Stored slice) {
        return watch.service() == null || watch.service().equals(slice.service());
    }

    /** Answers what was asked since the last time; lists arrive now or, if that is allowed, some time later. */
    void answer(boolean late) {
        List<Exchange> asked = List.copyOf(transport.exchanges);
        transport.exchanges.clear();
        for (Exchange exchange : asked) {
            if (exchange.path.contains("watch=1")) {
                watch(exchange);
            } else {
                underWay.add(made(exchange));
            }
        }
        for (Made made : List.copyOf(underWay)) {
            if (!late || random.nextInt(3) == 0) {
                underWay.remove(made);
                if (!made.exchange().cancelled) {
                    made.exchange()
                            .list(Integer.toString(made.version()), made.items().toArray(String[]::new));
                }
            }
        }
    }

    private Made made(Exchange exchange) {
        Watch seen = new Watch(exchange, service(exchange));
        return new Made(
                exchange,
                version,
                slices.values().stream()
                        .filter(slice -> isSeen(seen, slice))
                        .map(Stored::json)
                        .toList());
    }

    private static @Nullable String service(Exchange exchange) {
        Matcher one = SERVICE.matcher(exchange.path);
        return one.find() ? one.group(1) : null;
    }

    private void watch(Exchange exchange) {
        if (exchange.cancelled) {
            return;
        }
        Matcher asked = VERSION.matcher(exchange.path);
        int from = asked.find() ? Integer.parseInt(asked.group(1)) : 0;
        exchange.head(200, null);
        if (from < compacted) {
            exchange.line("ERROR", GONE).end(null);
            return;
        }
        Watch watch = new Watch(exchange, service(exchange));
        log.stream().filter(change -> change.version() > from).forEach(change -> send(watch, change));
        watches.add(watch);
    }

    /** Some watches break; sometimes the past is forgotten as well, so that they have to list again. */
    void disturb() {
        if (random.nextBoolean()) {
            compacted = version;
        }
        watches.removeIf(watch -> watch.exchange().cancelled);
        for (Watch watch : List.copyOf(watches)) {
            if (random.nextBoolean()) {
                watches.remove(watch);
                watch.exchange().end(new IOException("reset"));
            }
        }
    }
}
