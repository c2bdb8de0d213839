package io.inmesh.resolver.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.resolver.kubernetes.proof.ClusterModel;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An API server without sockets for a {@link ClusterModel}: answers what a {@link ScriptedTransport} was asked, well or badly. */
final class ModelApi implements ClusterModel.Api {
    private static final Pattern SELECTOR = Pattern.compile("Selector=[^&]*%3D([a-z0-9-]+)");
    private static final Pattern VERSION = Pattern.compile("resourceVersion=(\\d+)");
    private static final String GONE =
            "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}";

    private static final int EVENTS_KEPT = 400;

    private record Event(
            long version,
            String kind,
            ObjectNode object,
            @Nullable ObjectNode before,
            boolean deleted) {}

    private record Watch(Exchange exchange, String kind, Predicate<ObjectNode> selected) {}

    private final ScriptedTransport transport;
    private final RandomGenerator random;
    private final SortedMap<String, ObjectNode> objects = new TreeMap<>();
    private final List<Event> log = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private long version = 1;
    private long compacted = 1;
    private boolean wellBehaved = true;

    /** How often something went wrong. */
    int disturbances;

    /** How many lists were streamed to their end. */
    int streamedLists;

    ModelApi(ScriptedTransport transport, RandomGenerator random) {
        this.transport = transport;
        this.random = random;
    }

    @Override
    public String put(ObjectNode object) {
        String key =
                key(object.path("kind").asText(), object.at("/metadata/name").asText());
        ObjectNode stored = object.deepCopy();
        stored.withObject("/metadata").put("resourceVersion", Long.toString(++version));
        append(new Event(version, object.path("kind").asText(), stored, objects.put(key, stored), false));
        return Long.toString(version);
    }

    @Override
    public void delete(String kind, String name) {
        ObjectNode before = objects.remove(key(kind, name));
        if (before == null) {
            throw new IllegalStateException(kind + " " + name + " is not there to be deleted");
        }
        ObjectNode last = before.deepCopy();
        last.withObject("/metadata").put("resourceVersion", Long.toString(++version));
        append(new Event(version, kind, last, before, true));
    }

    private static String key(String kind, String name) {
        return kind + "/" + name;
    }

    private void append(Event event) {
        log.add(event);
        if (log.size() > EVENTS_KEPT) {
            compacted = log.get(log.size() / 2).version();
            log.removeIf(old -> old.version() <= compacted);
        }
        watches.removeIf(watch -> watch.exchange().cancelled);
        List.copyOf(watches).forEach(watch -> send(watch, event));
    }

    private void send(Watch watch, Event event) {
        if (!event.kind().equals(watch.kind())) {
            return;
        }
        boolean is = !event.deleted() && watch.selected().test(event.object());
        ObjectNode before = event.before();
        boolean was = before != null && watch.selected().test(before);
        if (is) {
            watch.exchange().line(was ? "MODIFIED" : "ADDED", event.object().toString());
        } else if (was) { // A-11, W-15
            watch.exchange().line("DELETED", event.object().toString());
        }
        if ((is || was) && !wellBehaved && random.nextInt(20) == 0) {
            disturbances++; // Told twice.
            watch.exchange().line(is ? "MODIFIED" : "DELETED", event.object().toString());
        }
    }

    /** Answers whatever was asked since the last time. */
    void answer() {
        List<Exchange> asked = List.copyOf(transport.exchanges);
        transport.exchanges.clear();
        for (Exchange exchange : asked) {
            if (!exchange.cancelled) {
                answer(exchange);
            }
        }
    }

    private void answer(Exchange exchange) {
        String kind = exchange.path.contains("/endpointslices") ? "EndpointSlice" : "Service";
        Predicate<ObjectNode> selected = selected(exchange.path, kind);
        if (!wellBehaved && random.nextInt(8) == 0) {
            disturbances++;
            refuse(exchange);
        } else if (exchange.path.contains("sendInitialEvents")) {
            streamedList(exchange, kind, selected);
        } else if (exchange.path.contains("watch=1")) {
            watch(exchange, kind, selected);
        } else {
            exchange.list(
                    Long.toString(version),
                    objects.values().stream()
                            .filter(object -> object.path("kind").asText().equals(kind) && selected.test(object))
                            .map(ObjectNode::toString)
                            .toArray(String[]::new));
        }
    }

    private static Predicate<ObjectNode> selected(String path, String kind) {
        Matcher selector = SELECTOR.matcher(path);
        if (!selector.find()) {
            return any -> true;
        }
        String value = selector.group(1);
        return kind.equals("Service")
                ? object -> object.at("/metadata/name").asText().equals(value)
                : object -> object.at("/metadata/labels")
                        .path("kubernetes.io/service-name")
                        .asText()
                        .equals(value);
    }

    private void refuse(Exchange exchange) {
        switch (random.nextInt(3)) {
            case 0 -> exchange.refuse(500, null);
            case 1 -> exchange.refuse(429, "1");
            default -> exchange.end(new IOException("reset"));
        }
    }

    /** All that there is, then what comes, unless it breaks off before the mark between the two (rule W-9). */
    private void streamedList(Exchange exchange, String kind, Predicate<ObjectNode> selected) {
        exchange.head(200, null);
        for (ObjectNode object : objects.values()) {
            if (object.path("kind").asText().equals(kind) && selected.test(object)) {
                exchange.line("ADDED", object.toString());
            }
        }
        if (!wellBehaved && random.nextInt(8) == 0) {
            disturbances++;
            exchange.end(new IOException("reset"));
            return;
        }
        exchange.line(
                "BOOKMARK",
                "{kind: '" + kind + "', metadata: {resourceVersion: '" + version
                        + "', annotations: {'k8s.io/initial-events-end': 'true'}}}");
        streamedLists++;
        watches.add(new Watch(exchange, kind, selected));
    }

    private void watch(Exchange exchange, String kind, Predicate<ObjectNode> selected) {
        Matcher asked = VERSION.matcher(exchange.path);
        long from = asked.find() ? Long.parseLong(asked.group(1)) : 0;
        if (from < compacted) {
            if (random.nextBoolean()) {
                exchange.refuse(410, null);
            } else {
                exchange.head(200, null).line("ERROR", GONE).end(null);
            }
            return;
        }
        exchange.head(200, null);
        Watch watch = new Watch(exchange, kind, selected);
        log.stream().filter(event -> event.version() > from).forEach(event -> send(watch, event));
        watches.add(watch);
    }

    /** Lets something go wrong: a break, an end, a version that is forgotten, a watch told that it is too old. */
    void disturb() {
        disturbances++;
        List<Watch> open = List.copyOf(watches);
        int what = random.nextInt(5);
        if (what == 0) {
            compacted = ++version; // Whoever resumes from before is too late.
            log.clear();
        }
        for (Watch watch : open) {
            if (what == 0 || random.nextBoolean()) {
                watches.remove(watch);
                end(watch.exchange(), what);
            }
        }
    }

    private static void end(Exchange exchange, int how) {
        switch (how) {
            case 0, 1 -> exchange.end(new IOException("reset"));
            case 2 -> exchange.end(null);
            case 3 -> exchange.line("ERROR", GONE).end(null);
            default -> exchange.line("ERROR", GONE.replace("410", "500")).end(null);
        }
    }

    /** From now on nothing goes wrong, or everything may. */
    void behave(boolean well) {
        wellBehaved = well;
    }
}
