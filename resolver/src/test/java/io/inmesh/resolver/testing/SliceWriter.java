package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Writes the slices of one service as the endpoint slice controller does: endpoints whose ports have equal numbers share slices; an
 * endpoint stays in its slice; an emptied slice is used again, deleted, or stays alone as the placeholder (rule A-9); creates are
 * written before updates before deletes (rule A-12).
 *
 * <p>Guarded by the service it belongs to.
 */
final class SliceWriter {
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int NAME_LENGTH = 5;

    private final ScriptedApiServer api;
    private final String namespace;
    private final String service;
    private final List<Slice> slices = new ArrayList<>();
    private int endpointsPerSlice = 100;
    private long named;

    /** What endpoints of one slice have in common: family and ports, the ports as JSON. */
    private record Group(String addressType, List<JsonNode> ports) {}

    private static final class Slice {
        private final String name;
        private Group group;
        private final Map<String, ObjectNode> endpoints = new LinkedHashMap<>();
        private boolean written;

        private Slice(String name, Group group) {
            this.name = name;
            this.group = group;
        }
    }

    SliceWriter(ScriptedApiServer api, String namespace, String service) {
        this.api = api;
        this.namespace = namespace;
        this.service = service;
    }

    void endpointsPerSlice(int most) {
        if (most < 1 || most > 1000) {
            throw new IllegalArgumentException("endpoints per slice: " + most + " (expected: 1..1000)");
        }
        endpointsPerSlice = most;
    }

    /** Brings the slices to say what the pods, given with their uids, are now. */
    void write(ObjectNode serviceObject, Map<ScriptedPod, String> pods) {
        List<String> families = new ArrayList<>();
        serviceObject.path("spec").path("ipFamilies").forEach(family -> families.add(family.asText()));
        arrange(wanted(serviceObject, pods, families));
        List<Slice> superfluous = superfluous(families);
        slices.removeAll(superfluous);
        List<Slice> known = slices.stream().filter(slice -> slice.written).toList();
        slices.stream().filter(slice -> !slice.written).forEach(slice -> apply(slice, serviceObject));
        known.forEach(slice -> apply(slice, serviceObject));
        superfluous.forEach(this::delete);
    }

    void deleteAll() {
        slices.forEach(this::delete);
        slices.clear();
    }

    private Map<Group, Map<String, ObjectNode>> wanted(
            ObjectNode serviceObject, Map<ScriptedPod, String> pods, List<String> families) {
        Map<Group, Map<String, ObjectNode>> wanted = new LinkedHashMap<>();
        EndpointWriter endpoints = new EndpointWriter(namespace, serviceObject);
        pods.forEach((pod, uid) -> {
            List<JsonNode> ports = ports(serviceObject, pod);
            for (String address : pod.addresses()) {
                String family = address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
                if (families.contains(family)) {
                    wanted.computeIfAbsent(new Group(family, ports), any -> new LinkedHashMap<>())
                            .put(uid + "/" + address, endpoints.endpoint(pod, uid, address));
                }
            }
        });
        return wanted;
    }

    private static List<JsonNode> ports(ObjectNode serviceObject, ScriptedPod pod) {
        List<JsonNode> ports = new ArrayList<>();
        for (JsonNode port : serviceObject.path("spec").path("ports")) {
            OptionalInt number =
                    ScriptedPort.numberOn(pod, port.path("targetPort").asText());
            if (number.isPresent()) {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                json.set("name", port.path("name"));
                json.set("protocol", port.path("protocol"));
                json.put("port", number.getAsInt());
                if (port.has("appProtocol")) {
                    json.set("appProtocol", port.get("appProtocol"));
                }
                ports.add(json);
            }
        }
        return ports;
    }

    private void arrange(Map<Group, Map<String, ObjectNode>> wanted) {
        Set<String> placed = new HashSet<>();
        for (Slice slice : slices) {
            Map<String, ObjectNode> here = wanted.getOrDefault(slice.group, Map.of());
            slice.endpoints.keySet().retainAll(here.keySet());
            slice.endpoints.replaceAll((key, old) -> here.getOrDefault(key, old));
            placed.addAll(slice.endpoints.keySet());
        }
        wanted.forEach((group, endpoints) -> endpoints.forEach((key, endpoint) -> {
            if (!placed.contains(key)) {
                sliceWithRoom(group).endpoints.put(key, endpoint);
            }
        }));
    }

    private Slice sliceWithRoom(Group group) {
        for (Slice slice : slices) {
            boolean room = slice.group.equals(group) && slice.endpoints.size() < endpointsPerSlice;
            boolean reusable =
                    slice.endpoints.isEmpty() && slice.group.addressType().equals(group.addressType());
            if (room || reusable) {
                slice.group = group;
                return slice;
            }
        }
        return added(group);
    }

    private Slice added(Group group) {
        Slice slice = new Slice(newName(), group);
        slices.add(slice);
        return slice;
    }

    /** Empty slices but for one of each family that has no other; creates that one if it is missing. */
    private List<Slice> superfluous(List<String> families) {
        List<Slice> empty =
                slices.stream().filter(slice -> slice.endpoints.isEmpty()).toList();
        List<Slice> superfluous = new ArrayList<>(empty);
        for (String family : families) {
            boolean filled = slices.stream()
                    .anyMatch(slice -> !slice.endpoints.isEmpty()
                            && slice.group.addressType().equals(family));
            if (!filled) {
                Slice placeholder = empty.stream()
                        .filter(slice -> slice.group.addressType().equals(family))
                        .findFirst()
                        .orElseGet(() -> added(new Group(family, List.of())));
                placeholder.group = new Group(family, List.of());
                superfluous.remove(placeholder);
            }
        }
        return superfluous;
    }

    private void apply(Slice slice, ObjectNode serviceObject) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "EndpointSlice").put("apiVersion", "discovery.k8s.io/v1");
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("name", slice.name).put("generateName", service + "-").put("namespace", namespace);
        ObjectNode labels = metadata.putObject("labels");
        labels.put("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
        labels.put("kubernetes.io/service-name", service);
        if (serviceObject.path("spec").path("clusterIP").asText().equals("None")) {
            labels.put("service.kubernetes.io/headless", "");
        }
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "Service")
                .put("name", service)
                .put("uid", serviceObject.path("metadata").path("uid").asText())
                .put("controller", true);
        json.put("addressType", slice.group.addressType());
        if (slice.endpoints.isEmpty()) {
            json.putNull("endpoints").putNull("ports");
        } else {
            json.putArray("endpoints").addAll(slice.endpoints.values());
            json.putArray("ports").addAll(slice.group.ports());
        }
        api.apply(json);
        slice.written = true;
    }

    private void delete(Slice slice) {
        api.delete(ResourceType.ENDPOINT_SLICES, namespace, slice.name);
    }

    /** Looks as random as the real ones and is the same on every run; no name comes twice before 27^5 of them. */
    private String newName() {
        long left = ++named * 7_654_321 % (long) Math.pow(NAME_LETTERS.length(), NAME_LENGTH);
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < NAME_LENGTH; i++) {
            suffix.append(NAME_LETTERS.charAt((int) (left % NAME_LETTERS.length())));
            left /= NAME_LETTERS.length();
        }
        return service + "-" + suffix;
    }
}
