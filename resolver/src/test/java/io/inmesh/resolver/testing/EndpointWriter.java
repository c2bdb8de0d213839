package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Writes one endpoint of a slice as the controller does: conditions by rule C-2, hints by rule T-9. */
final class EndpointWriter {
    private final String namespace;
    private final boolean publishNotReady;
    private final String trafficDistribution;

    EndpointWriter(String namespace, ObjectNode serviceObject) {
        this.namespace = namespace;
        publishNotReady =
                serviceObject.path("spec").path("publishNotReadyAddresses").asBoolean();
        trafficDistribution =
                serviceObject.path("spec").path("trafficDistribution").asText();
    }

    ObjectNode endpoint(ScriptedPod pod, String uid, String address) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("addresses").add(address);
        boolean serving = pod.state().isServing();
        boolean terminating = pod.state().isTerminating();
        boolean ready = publishNotReady || (serving && !terminating);
        json.putObject("conditions").put("ready", ready).put("serving", serving).put("terminating", terminating);
        if (pod.hostname() != null) {
            json.put("hostname", pod.hostname());
        }
        json.putObject("targetRef")
                .put("kind", "Pod")
                .put("namespace", namespace)
                .put("name", pod.name())
                .put("uid", uid);
        if (pod.place().node() != null) {
            json.put("nodeName", pod.place().node());
        }
        if (pod.place().zone() != null) {
            json.put("zone", pod.place().zone());
        }
        putHints(json, pod, ready);
        return json;
    }

    private void putHints(ObjectNode json, ScriptedPod pod, boolean ready) {
        ScriptedPod.Hints hints = pod.hints();
        if (hints.equals(ScriptedPod.Hints.NONE) && ready) {
            hints = distributed(pod);
        }
        if (!hints.zones().isEmpty()) {
            putNames(json.withObject("/hints").putArray("forZones"), hints.zones());
        }
        if (!hints.nodes().isEmpty()) {
            putNames(json.withObject("/hints").putArray("forNodes"), hints.nodes());
        }
    }

    private ScriptedPod.Hints distributed(ScriptedPod pod) {
        boolean byNode = trafficDistribution.equals("PreferSameNode");
        boolean byZone = byNode || trafficDistribution.matches("PreferSameZone|PreferClose");
        String zone = pod.place().zone();
        String node = pod.place().node();
        return new ScriptedPod.Hints(
                byZone && zone != null ? List.of(zone) : List.of(), byNode && node != null ? List.of(node) : List.of());
    }

    private static void putNames(ArrayNode array, List<String> names) {
        names.forEach(name -> array.addObject().put("name", name));
    }
}
