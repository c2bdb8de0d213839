package io.inmesh.resolver.kubernetes.proof;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.proof.ModelSlice.ModelEndpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A namespace whose services and slices change by chance, and what that means to a client, evaluated as plainly as the rules can be
 * read: every time from everything there is, without any of the resolver's own code.
 */
public final class ClusterModel {
    public static final String NAMESPACE = "shop";
    public static final List<String> SERVICES = List.of("a", "b", "c");
    public static final List<String> PORTS = List.of("http", "grpc");

    private static final int MOST_SLICES = 9;
    private static final int SERVICE_PORT = 80;

    /** Takes what changes. */
    public interface Api {

        /** Creates or replaces; returns the version it has now. */
        String put(ObjectNode object);

        void delete(String kind, String name);
    }

    /** A service: its uid, how many of {@link #PORTS} it has, and its policy. */
    private record ModelService(String uid, int ports, boolean local) {}

    private final RandomGenerator random;
    private final Api api;
    private final Map<String, ModelService> services = new TreeMap<>();
    private final Map<String, ModelSlice> slices = new TreeMap<>();
    private int named;

    public ClusterModel(RandomGenerator random, Api api) {
        this.random = random;
        this.api = api;
        SERVICES.forEach(this::createService);
    }

    private void createService(String name) {
        put(name, new ModelService("uid-" + ++named, 1 + random.nextInt(PORTS.size()), false));
    }

    private void put(String name, ModelService service) {
        services.put(name, service);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Service").put("apiVersion", "v1");
        json.putObject("metadata").put("name", name).put("namespace", NAMESPACE).put("uid", service.uid());
        ObjectNode spec = json.putObject("spec");
        spec.put("type", "ClusterIP").put("clusterIP", "10.96.0." + (1 + SERVICES.indexOf(name)));
        spec.putArray("ipFamilies").add("IPv4");
        spec.put("internalTrafficPolicy", service.local() ? "Local" : "Cluster");
        spec.putObject("selector").put("app", name);
        for (int i = 0; i < service.ports(); i++) {
            spec.withArray("ports")
                    .addObject()
                    .put("name", PORTS.get(i))
                    .put("protocol", "TCP")
                    .put("port", SERVICE_PORT + i);
        }
        api.put(json);
    }

    /** Changes one thing. */
    public void mutate() {
        int what = random.nextInt(100);
        if (what < 4) {
            changeService(SERVICES.get(random.nextInt(SERVICES.size())));
        } else if (what < 14 && slices.size() < MOST_SLICES) {
            ModelSlice slice = new ModelSlice("slice-" + ++named, SERVICES.get(random.nextInt(SERVICES.size())));
            slices.put(slice.name(), slice);
            slice.fill(random);
            write(slice);
        } else if (!slices.isEmpty()) {
            ModelSlice slice = new ArrayList<>(slices.values()).get(random.nextInt(slices.size()));
            if (what < 20) {
                slices.remove(slice.name());
                api.delete("EndpointSlice", slice.name());
            } else if (what < 24) {
                slice.belongTo(SERVICES.get(random.nextInt(SERVICES.size())));
                write(slice);
            } else if (what < 30) {
                move(slice);
            } else {
                slice.change(random);
                write(slice);
            }
        }
    }

    private void changeService(String name) {
        ModelService service = services.get(name);
        if (service == null) {
            createService(name); // S-9: under another uid.
        } else if (random.nextInt(3) == 0) {
            services.remove(name);
            api.delete("Service", name);
        } else {
            put(name, new ModelService(service.uid(), 1 + random.nextInt(PORTS.size()), random.nextInt(4) == 0));
        }
    }

    /** An endpoint that moves between slices may be in both for a while, or in neither. */
    private void move(ModelSlice from) {
        ModelSlice to = new ArrayList<>(slices.values()).get(random.nextInt(slices.size()));
        from.anEndpoint(random).ifPresent(index -> {
            to.copy(from, index);
            write(to);
            if (to != from && random.nextBoolean()) {
                from.remove(index);
                write(from);
            }
        });
    }

    private void write(ModelSlice slice) {
        slice.written(api.put(slice.toJson()));
    }

    /** What a client there must be told of a port: a reason, or what may be picked and what else is known. */
    public String expected(String service, String port, Locality place) {
        ModelService found = services.get(service);
        if (found == null) {
            return Reason.NOT_FOUND.toString();
        }
        if (PORTS.indexOf(port) >= found.ports()) {
            return Reason.NO_SUCH_PORT.toString();
        }
        List<ModelEndpoint> known = joined(service, port);
        List<ModelEndpoint> usable = found.local()
                ? conditions(known.stream()
                        .filter(each -> place.node() != null && place.node().equals(each.node()))
                        .toList())
                : hinted(conditions(known), place);
        return "usable " + addresses(usable) + ", known " + addresses(known);
    }

    /** The same words for what was told. */
    public static String told(Told told) {
        Reason reason = told.reason();
        if (told.fact() == null) {
            return "nothing yet";
        }
        return reason != null
                ? reason.toString()
                : "usable " + told.usable() + ", known "
                        + told.set().endpoints().stream()
                                .map(Endpoint::address)
                                .sorted()
                                .toList();
    }

    /** */
    private List<ModelEndpoint> joined(String service, String port) {
        Map<String, ModelEndpoint> byAddress = new LinkedHashMap<>();
        for (ModelSlice slice : slices.values()) {
            if (slice.service().equals(service) && slice.isIpv4()) {
                for (ModelEndpoint endpoint : slice.endpointsOf(port)) {
                    byAddress.merge(endpoint.addressAndPort(), endpoint, ClusterModel::winner);
                }
            }
        }
        return List.copyOf(byAddress.values());
    }

    private static ModelEndpoint winner(ModelEndpoint one, ModelEndpoint other) {
        if (one.terminating() != other.terminating()) {
            return one.terminating() ? other : one;
        }
        if (one.ready() != other.ready()) {
            return one.ready() ? one : other;
        }
        if (one.serving() != other.serving()) {
            return one.serving() ? one : other;
        }
        if (one.sliceVersion() != other.sliceVersion()) {
            return one.sliceVersion() > other.sliceVersion() ? one : other;
        }
        return one.slice().compareTo(other.slice()) <= 0 ? one : other;
    }

    /** C-3, C-4. */
    private static List<ModelEndpoint> conditions(List<ModelEndpoint> scope) {
        List<ModelEndpoint> ready = scope.stream().filter(ModelEndpoint::ready).toList();
        return ready.isEmpty()
                ? scope.stream()
                        .filter(each -> each.serving() && each.terminating())
                        .toList()
                : ready;
    }

    /** T-2, T-3, T-4. */
    private static List<ModelEndpoint> hinted(List<ModelEndpoint> usable, Locality place) {
        if (usable.stream().noneMatch(ModelEndpoint::ready)) {
            return usable;
        }
        List<ModelEndpoint> byNode = hintedTo(usable, place.node(), Kind.NODES);
        return byNode.isEmpty() ? orAll(hintedTo(usable, place.zone(), Kind.ZONES), usable) : byNode;
    }

    private enum Kind {
        NODES,
        ZONES
    }

    private static List<ModelEndpoint> orAll(List<ModelEndpoint> chosen, List<ModelEndpoint> all) {
        return chosen.isEmpty() ? all : chosen;
    }

    private static List<ModelEndpoint> hintedTo(List<ModelEndpoint> ready, @Nullable String place, Kind kind) {
        boolean complete = ready.stream().noneMatch(each -> hints(each, kind).isEmpty());
        return place == null || !complete
                ? List.of()
                : ready.stream()
                        .filter(each -> hints(each, kind).contains(place))
                        .toList();
    }

    private static List<String> hints(ModelEndpoint endpoint, Kind kind) {
        return kind == Kind.NODES ? endpoint.nodeHints() : endpoint.zoneHints();
    }

    private static List<String> addresses(List<ModelEndpoint> endpoints) {
        return endpoints.stream().map(ModelEndpoint::addressAndPort).sorted().toList();
    }

    /** What each listener, known by {@code service:port}, must have been told if its client is there. */
    public Map<Told, String> expected(Map<String, Told> listeners, Locality place) {
        Map<Told, String> expected = new LinkedHashMap<>();
        for (String service : SERVICES) {
            for (String port : PORTS) {
                expected.put(
                        Objects.requireNonNull(listeners.get(service + ":" + port)), expected(service, port, place));
            }
        }
        return expected;
    }
}
