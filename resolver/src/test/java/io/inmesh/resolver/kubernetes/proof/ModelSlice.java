package io.inmesh.resolver.kubernetes.proof;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A slice of a {@link ClusterModel}. */
final class ModelSlice {
    private static final int ADDRESSES = 12;
    private static final int MOST_ENDPOINTS = 5;
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3");
    private static final List<String> ZONES = List.of("zone-a", "zone-b");

    /** An endpoint as it stands in a slice: conditions may be left out there (rule C-1). */
    private record Stored(
            String address,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            String node,
            List<String> zoneHints,
            List<String> nodeHints) {}

    /** An endpoint of one port, read. */
    record ModelEndpoint(
            String addressAndPort,
            boolean ready,
            boolean serving,
            boolean terminating,
            String node,
            List<String> zoneHints,
            List<String> nodeHints,
            String slice,
            long sliceVersion) {}

    private final String name;
    private String service;
    private String addressType = "IPv4";
    private final SortedMap<String, Integer> ports = new TreeMap<>();
    private final List<Stored> endpoints = new ArrayList<>();
    private long version;

    ModelSlice(String name, String service) {
        this.name = name;
        this.service = service;
    }

    String name() {
        return name;
    }

    String service() {
        return service;
    }

    boolean isIpv4() {
        return addressType.equals("IPv4");
    }

    void belongTo(String otherService) {
        service = otherService;
    }

    void written(String newVersion) {
        version = Long.parseLong(newVersion);
    }

    void fill(RandomGenerator random) {
        addressType = random.nextInt(12) == 0 ? "IPv6" : random.nextInt(20) == 0 ? "FQDN" : "IPv4";
        changePorts(random);
        for (int i = random.nextInt(MOST_ENDPOINTS); i > 0; i--) {
            add(endpoint(random));
        }
    }

    /** Changes one thing. */
    void change(RandomGenerator random) {
        int what = random.nextInt(10);
        if (what == 0) {
            changePorts(random);
        } else if (what == 1) {
            hintAll(random);
        } else if (endpoints.isEmpty() || (what < 5 && endpoints.size() < MOST_ENDPOINTS)) {
            add(endpoint(random));
        } else if (what < 7) {
            endpoints.remove(random.nextInt(endpoints.size()));
        } else {
            int at = random.nextInt(endpoints.size());
            Stored old = endpoints.get(at);
            endpoints.set(at, conditioned(old, random));
        }
    }

    private void changePorts(RandomGenerator random) {
        ports.clear();
        for (String port : ClusterModel.PORTS) {
            if (random.nextInt(5) > 0) {
                ports.put(port, 8080 + random.nextInt(2)); // P-6: one name, several numbers.
            }
        }
    }

    /** As a controller does: all or none (T-6), or half of them while it is at it. */
    private void hintAll(RandomGenerator random) {
        int kind = random.nextInt(4);
        endpoints.replaceAll(old -> new Stored(
                old.address(),
                old.ready(),
                old.serving(),
                old.terminating(),
                old.node(),
                kind == 1 || kind == 2 ? List.of(ZONES.get(random.nextInt(ZONES.size()))) : List.of(),
                kind == 2 || kind == 3 ? List.of(old.node()) : List.of()));
    }

    private static Stored endpoint(RandomGenerator random) {
        String address = "10.1.0." + (1 + random.nextInt(ADDRESSES));
        String node = NODES.get(random.nextInt(NODES.size()));
        Stored plain = new Stored(address, null, null, null, node, List.of(), List.of());
        return random.nextInt(3) == 0 ? plain : conditioned(plain, random);
    }

    private static Stored conditioned(Stored old, RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> with(old, false, false, false);
            case 1 -> with(old, false, true, true);
            case 2 -> with(old, false, false, true);
            case 3 -> with(old, true, true, true); // C-2: unready addresses are published.
            case 4 -> with(old, null, null, null);
            default -> with(old, true, true, false);
        };
    }

    private static Stored with(
            Stored old, @Nullable Boolean ready, @Nullable Boolean serving, @Nullable Boolean terminating) {
        return new Stored(old.address(), ready, serving, terminating, old.node(), old.zoneHints(), old.nodeHints());
    }

    private void add(Stored endpoint) {
        if (endpoints.stream().noneMatch(each -> each.address().equals(endpoint.address()))) {
            endpoints.add(endpoint);
        }
    }

    /** Copies an endpoint here, from another slice perhaps. */
    void copy(ModelSlice from, int index) {
        add(from.endpoints.get(index));
    }

    Optional<Integer> anEndpoint(RandomGenerator random) {
        return endpoints.isEmpty() ? Optional.empty() : Optional.of(random.nextInt(endpoints.size()));
    }

    void remove(int index) {
        endpoints.remove(index);
    }

    /** What it says of a port. */
    List<ModelEndpoint> endpointsOf(String port) {
        Integer number = ports.get(port);
        if (number == null) {
            return List.of();
        }
        return endpoints.stream()
                .map(each -> new ModelEndpoint(
                        each.address() + ":" + number,
                        each.ready() == null || each.ready(),
                        each.serving() == null || each.serving(),
                        each.terminating() != null && each.terminating(),
                        each.node(),
                        each.zoneHints(),
                        each.nodeHints(),
                        name,
                        version))
                .toList();
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "EndpointSlice").put("apiVersion", "discovery.k8s.io/v1");
        json.putObject("metadata")
                .put("name", name)
                .put("namespace", ClusterModel.NAMESPACE)
                .put("uid", "uid-of-" + name)
                .putObject("labels")
                .put("kubernetes.io/service-name", service);
        json.put("addressType", addressType);
        if (ports.isEmpty()) {
            json.putNull("ports");
        }
        ports.forEach((port, number) -> json.withArray("ports")
                .addObject()
                .put("name", port)
                .put("protocol", "TCP")
                .put("port", number));
        if (endpoints.isEmpty()) {
            json.putNull("endpoints");
        }
        endpoints.forEach(
                endpoint -> write(endpoint, json.withArray("endpoints").addObject()));
        return json;
    }

    private static void write(Stored endpoint, ObjectNode json) {
        json.putArray("addresses").add(endpoint.address());
        ObjectNode conditions = json.putObject("conditions");
        put(conditions, "ready", endpoint.ready());
        put(conditions, "serving", endpoint.serving());
        put(conditions, "terminating", endpoint.terminating());
        json.put("nodeName", endpoint.node());
        endpoint.zoneHints().forEach(zone -> json.withObject("/hints")
                .withArray("forZones")
                .addObject()
                .put("name", zone));
        endpoint.nodeHints().forEach(node -> json.withObject("/hints")
                .withArray("forNodes")
                .addObject()
                .put("name", node));
    }

    private static void put(ObjectNode json, String key, @Nullable Boolean value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
