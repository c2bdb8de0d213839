package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Services with a slice and a pod each, which change by chance, and an API server for them that answers at once or late, streams lists or
 * not. Of each object only its address says that it is another.
 */
final class BudgetApi {
    private static final Pattern SELECTOR = Pattern.compile("Selector=([^&]*)");
    private static final Pattern VERSION = Pattern.compile("resourceVersion=(\\d+)");
    private static final String LIST_END =
            "{metadata: {resourceVersion: '%d', annotations: {'k8s.io/initial-events-end': 'true'}}}";

    /** What there is: of which kind and service, and with what address. */
    private record Stored(String kind, String service, int version, String address) {
        boolean isOf(String wantedKind, @Nullable String wantedService) {
            return kind.equals(wantedKind) && (wantedService == null || wantedService.equals(service));
        }

        String json() {
            return switch (kind) {
                case "endpointslices" -> NamespaceScene.slice(service + "1", version, service, address);
                case "pods" ->
                    "{metadata: {name: '" + service + "1', namespace: 'prod', uid: '" + service
                            + "1', resourceVersion: '" + version + "', labels: {app: '" + service
                            + "'}}, status: {podIP: '" + address + "'}}";
                default ->
                    "{metadata: {name: '" + service + "', namespace: 'prod', uid: '" + address + "', resourceVersion: '"
                            + version + "'}, spec: {clusterIP: '10.96.0.1'}}";
            };
        }
    }

    private record Watch(
            Exchange exchange, String kind, @Nullable String service) {}

    private final ScriptedTransport transport;
    private final RandomGenerator random;
    private final Map<String, Stored> objects = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Exchange> waiting = new ArrayList<>();
    private int version = 1;
    int streamedWide; // Lists of a whole namespace that were streamed.
    int wholeWide; // Those that were not.

    BudgetApi(ScriptedTransport transport, RandomGenerator random) {
        this.transport = transport;
        this.random = random;
    }

    /** The address that says which state an object is in; null if it is not there. */
    @Nullable
    String address(String kind, String service) {
        Stored stored = objects.get(kind + "/" + service);
        return stored == null ? null : stored.address();
    }

    void change(String kind, String service) {
        Stored now = new Stored(kind, service, ++version, "10.0." + random.nextInt(250) + "." + random.nextInt(250));
        boolean known = objects.put(kind + "/" + service, now) != null;
        watches.removeIf(watch -> watch.exchange().cancelled);
        for (Watch watch : watches) {
            if (now.isOf(watch.kind(), watch.service())) {
                watch.exchange().line(known ? "MODIFIED" : "ADDED", now.json());
            }
        }
    }

    /** Answers what was asked; if that is allowed some of it later, and some of it badly. */
    void answer(boolean well) {
        waiting.addAll(transport.exchanges);
        transport.exchanges.clear();
        for (Exchange exchange : List.copyOf(waiting)) {
            if (well || random.nextInt(3) == 0) {
                waiting.remove(exchange);
                if (!exchange.cancelled) {
                    answer(exchange, well);
                }
            }
        }
    }

    private void answer(Exchange exchange, boolean well) {
        String kind = exchange.path.replaceAll("\\?.*", "").replaceAll(".*/", "");
        Matcher selector = SELECTOR.matcher(exchange.path);
        String said = selector.find() ? URLDecoder.decode(selector.group(1), StandardCharsets.UTF_8) : null;
        String service = said == null ? null : said.substring(said.indexOf('=') + 1);
        if (!well && random.nextInt(8) == 0) {
            exchange.end(new IOException("reset"));
            return;
        }
        boolean streamed = exchange.path.contains("sendInitialEvents");
        boolean watch = exchange.path.contains("watch=1");
        streamedWide += streamed && said == null ? 1 : 0;
        wholeWide += !watch && said == null ? 1 : 0;
        List<Stored> found = objects.values().stream()
                .filter(stored -> stored.isOf(kind, service))
                .toList();
        if (!watch) {
            exchange.list(
                    Integer.toString(version), found.stream().map(Stored::json).toArray(String[]::new));
            return;
        }
        Matcher from = VERSION.matcher(exchange.path);
        int seen = streamed || !from.find() ? 0 : Integer.parseInt(from.group(1));
        exchange.head(200, null);
        found.stream()
                .filter(stored -> stored.version() > seen)
                .forEach(stored -> exchange.line("ADDED", stored.json()));
        if (streamed) {
            exchange.line("BOOKMARK", LIST_END.formatted(version));
        }
        watches.add(new Watch(exchange, kind, service));
    }

    /** Some watches break. */
    void disturb() {
        watches.removeIf(watch -> watch.exchange().cancelled);
        for (Watch watch : List.copyOf(watches)) {
            if (random.nextInt(3) == 0) {
                watches.remove(watch);
                watch.exchange().end(new IOException("reset"));
            }
        }
    }
}
