package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A service with its pods: keeps the Service, Pod and EndpointSlice objects of a {@link ScriptedApiServer} as the cluster's
 * controllers would. What the objects cannot be brought to say this way can be written with {@link ScriptedApiServer#apply}.
 *
 * <pre>{@code
 * ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("grpc", 80, "grpc"));
 * orders.add(ScriptedPod.of("orders-1", "127.0.0.2").withPort("grpc", 40213));
 * orders.drain("orders-1");
 * orders.remove("orders-1");
 * orders.annotate("inmesh.io/policy", "round-robin");
 * }</pre>
 *
 * <p>Threads: any; everything is guarded by this.
 */
public final class ScriptedService {
    private final ScriptedApiServer api;
    private final String namespace;
    private final String name;
    private final SliceWriter slices;
    private final Map<String, ScriptedPod> pods = new LinkedHashMap<>();

    // The Service object as it was last written, without uid and version.
    private ObjectNode definition;

    private ScriptedService(ScriptedApiServer api, ObjectNode definition) {
        this.api = api;
        this.definition = definition;
        namespace = definition.path("metadata").path("namespace").asText();
        name = definition.path("metadata").path("name").asText();
        slices = new SliceWriter(api, namespace, name);
    }

    /** Writes a ClusterIP service without pods. */
    public static ScriptedService of(ScriptedApiServer api, String namespace, String name, ScriptedPort... ports) {
        return created(api, definition(namespace, name, clusterIp(namespace, name), ports));
    }

    /** Writes a headless service without pods. */
    public static ScriptedService headless(
            ScriptedApiServer api, String namespace, String name, ScriptedPort... ports) {
        return created(api, definition(namespace, name, "None", ports));
    }

    private static ScriptedService created(ScriptedApiServer api, ObjectNode definition) {
        ScriptedService service = new ScriptedService(api, definition);
        service.write();
        return service;
    }

    private static ObjectNode definition(String namespace, String name, String clusterIp, ScriptedPort... ports) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Service").put("apiVersion", "v1");
        json.putObject("metadata").put("name", name).put("namespace", namespace);
        ObjectNode spec = json.putObject("spec");
        ArrayNode portsJson = spec.putArray("ports");
        Arrays.stream(ports).map(ScriptedPort::toJson).forEach(portsJson::add);
        spec.putObject("selector").put("app", name);
        spec.put("clusterIP", clusterIp).putArray("clusterIPs").add(clusterIp);
        spec.put("type", "ClusterIP").put("sessionAffinity", "None");
        spec.putArray("ipFamilies").add("IPv4");
        spec.put("ipFamilyPolicy", "SingleStack").put("internalTrafficPolicy", "Cluster");
        json.putObject("status").putObject("loadBalancer");
        return json;
    }

    private static String clusterIp(String namespace, String name) {
        int hash = (namespace + "/" + name).hashCode();
        return "10.96." + (hash >>> 8 & 0xff) + "." + (1 + (hash & 0x7f));
    }

    /** Changes the Service object in place: type, ports, policies, families, whatever it can say. */
    public synchronized void update(Consumer<ObjectNode> change) {
        ObjectNode changed = definition.deepCopy();
        change.accept(changed);
        definition = changed;
        write();
    }

    /** Sets an annotation of the service, or takes it away with null. */
    public void annotate(String key, @Nullable String value) {
        update(service -> {
            ObjectNode annotations = service.withObject("/metadata/annotations");
            if (value == null) {
                annotations.remove(key);
            } else {
                annotations.put(key, value);
            }
        });
    }

    /** Adds pods, written together; one of a name already there replaces it, under a new uid. */
    public synchronized void add(ScriptedPod... added) {
        for (ScriptedPod pod : added) {
            if (pods.containsKey(pod.name())) {
                api.delete(ResourceType.PODS, namespace, pod.name());
            }
            pods.put(pod.name(), pod);
        }
        write();
    }

    /** Changes a pod; it stays the same one. */
    public synchronized void change(String podName, UnaryOperator<ScriptedPod> change) {
        pods.put(podName, change.apply(pod(podName)));
        write();
    }

    /** The pod serves. */
    public void ready(String podName) {
        change(podName, pod -> pod.in(ScriptedPod.State.READY));
    }

    /** The pod does not serve now. */
    public void unready(String podName) {
        change(podName, pod -> pod.in(ScriptedPod.State.UNREADY));
    }

    /** The pod is told to end and still serves. */
    public void drain(String podName) {
        change(podName, pod -> pod.in(ScriptedPod.State.DRAINING));
    }

    /** The pods vanish, written together. */
    public synchronized void remove(String... podNames) {
        for (String podName : podNames) {
            pod(podName);
            pods.remove(podName);
            api.delete(ResourceType.PODS, namespace, podName);
        }
        write();
    }

    /** The pods in the order they were added. */
    public synchronized List<ScriptedPod> pods() {
        return List.copyOf(pods.values());
    }

    /** From the next change on a slice holds so many endpoints at most; 100 unless said otherwise (rule P-15). */
    public synchronized void endpointsPerSlice(int most) {
        slices.endpointsPerSlice(most);
    }

    /** Deletes the Service object and leaves its slices, which a cluster collects later (rule S-9). The next change brings it back. */
    public synchronized void deleteService() {
        api.delete(ResourceType.SERVICES, namespace, name);
    }

    /** Deletes the service with its pods and slices. */
    public synchronized void delete() {
        deleteService();
        pods.keySet().forEach(podName -> api.delete(ResourceType.PODS, namespace, podName));
        pods.clear();
        slices.deleteAll();
    }

    private ScriptedPod pod(String podName) {
        return Optional.ofNullable(pods.get(podName))
                .orElseThrow(() -> new NoSuchElementException("service " + name + "." + namespace + " has no pod '"
                        + podName + "' (expected: one of " + pods.keySet() + ")"));
    }

    private void write() {
        ObjectNode service = api.apply(definition);
        Map<String, String> labels = Map.of("app", name);
        Map<ScriptedPod, String> uids = new LinkedHashMap<>();
        for (ScriptedPod pod : pods.values()) {
            ObjectNode written = api.apply(pod.toJson(namespace, labels));
            uids.put(pod, written.path("metadata").path("uid").asText());
        }
        if (!service.path("spec").path("selector").isEmpty()) {
            slices.write(service, uids);
        }
        // Without a selector something else writes the slices (rule S-4).
    }
}
