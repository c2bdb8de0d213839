package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The answer to a list: rules W-6 and W-7. {@code limit} is ignored, as the API allows: every list is whole. */
final class ListAnswer {
    private ListAnswer() {}

    static String to(ApiRequest request, ResourceType type, ResourceStore store) {
        ResourceStore.Listing listing = listing(request, type, store);
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.put("kind", type.kind() + "List").put("apiVersion", type.apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(listing.version()));
        ArrayNode items = list.putArray("items");
        for (ObjectNode object : listing.objects()) {
            // The real server leaves kind and version to the list.
            ObjectNode item = items.addObject();
            item.setAll(object);
            item.remove("kind");
            item.remove("apiVersion");
        }
        return list.toString();
    }

    private static ResourceStore.Listing listing(ApiRequest request, ResourceType type, ResourceStore store) {
        Selection selection = Selection.of(request, type);
        String version = request.query().getOrDefault("resourceVersion", "");
        String match = request.query().getOrDefault("resourceVersionMatch", "");
        if (request.parameter("sendInitialEvents") != null) {
            throw ApiRefusal.invalidListOptions("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }
        if (!match.isEmpty() && version.isEmpty()) {
            throw ApiRefusal.invalidListOptions(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        long number = version.isEmpty() ? 0 : Versions.number("resourceVersion", version);
        return switch (match) {
            case "", "NotOlderThan" -> store.list(type, selection, number);
            case "Exact" -> exact(type, selection, number, store);
            default ->
                throw ApiRefusal.invalidListOptions(
                        "resourceVersionMatch", "'" + match + "' (expected: Exact or NotOlderThan)");
        };
    }

    private static ResourceStore.Listing exact(
            ResourceType type, Selection selection, long version, ResourceStore store) {
        if (version == 0) {
            throw ApiRefusal.invalidListOptions(
                    "resourceVersionMatch", "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }
        return store.listAt(type, selection, version);
    }
}
