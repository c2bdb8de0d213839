package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A node, as far as clients can see it.
 *
 * @param name name
 * @param zone value of its label {@code topology.kubernetes.io/zone} (rule T-10)
 * @param internalAddress its InternalIP (rule S-23)
 */
public record ScriptedNode(String name, String zone, String internalAddress) {

    /** The node object. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Node").put("apiVersion", "v1");
        json.putObject("metadata")
                .put("name", name)
                .putObject("labels")
                .put("topology.kubernetes.io/zone", zone)
                .put("kubernetes.io/hostname", name);
        json.putObject("status")
                .putArray("addresses")
                .addObject()
                .put("type", "InternalIP")
                .put("address", internalAddress);
        return json;
    }
}
