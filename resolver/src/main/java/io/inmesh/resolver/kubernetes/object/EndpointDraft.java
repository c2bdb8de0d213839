package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.inmesh.api.Locality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a slice while it is being read; used for one after the other.
 *
 * <p>Threads: one.
 */
final class EndpointDraft {
    private final Interner interner;
    private @Nullable String address;
    private boolean ready;
    private boolean serving;
    private boolean terminating;
    private @Nullable String hostname;
    private @Nullable String node;
    private @Nullable String zone;
    private boolean pod;
    private @Nullable String targetUid;
    private @Nullable String targetName;
    private List<String> zoneHints = List.of();
    private List<String> nodeHints = List.of();

    EndpointDraft(Interner interner) {
        this.interner = interner;
    }

    /** Empty if it has no address of that family (rule A-4). */
    Optional<SliceEndpoint> read(JsonParser json, AddressFamily family) throws IOException {
        clear();
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "addresses" -> address = firstText(json);
                case "conditions" -> conditions(json);
                case "hostname" -> hostname = Json.text(json);
                case "nodeName" -> node = sharedText(json);
                case "zone" -> zone = sharedText(json);
                case "targetRef" -> target(json);
                case "hints" -> hints(json);
                default -> json.skipChildren();
            }
        }
        return address == null ? Optional.empty() : family.canonical(address).map(this::finished);
    }

    private SliceEndpoint finished(String canonical) {
        return new SliceEndpoint(
                canonical,
                ready,
                serving,
                terminating,
                interner.place(new Locality(node, zone)),
                hostname,
                pod ? targetUid : null,
                pod ? targetName : null,
                zoneHints,
                nodeHints);
    }

    private void clear() {
        address = null;
        ready = true; // The defaults are rule C-1.
        serving = true;
        terminating = false;
        hostname = null;
        node = null;
        zone = null;
        pod = false;
        targetUid = null;
        targetName = null;
        zoneHints = List.of();
        nodeHints = List.of();
    }

    /** Only the first address counts (rule A-4). */
    private static @Nullable String firstText(JsonParser json) throws IOException {
        String first = null;
        boolean counts = true;
        for (boolean more = Json.firstElement(json); more; more = json.nextToken() != JsonToken.END_ARRAY) {
            if (counts) {
                first = Json.text(json);
                counts = false;
            } else {
                json.skipChildren();
            }
        }
        return first;
    }

    private void conditions(JsonParser json) throws IOException {
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "ready" -> ready = Json.flag(json, true);
                case "serving" -> serving = Json.flag(json, true);
                case "terminating" -> terminating = Json.flag(json, false);
                default -> json.skipChildren();
            }
        }
    }

    /** Optional (rule A-4). */
    private void target(JsonParser json) throws IOException {
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "kind" -> pod = "Pod".equals(sharedText(json));
                case "uid" -> targetUid = Json.text(json);
                case "name" -> targetName = Json.text(json);
                default -> json.skipChildren();
            }
        }
    }

    private void hints(JsonParser json) throws IOException {
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "forZones" -> zoneHints = names(json);
                case "forNodes" -> nodeHints = names(json);
                default -> json.skipChildren();
            }
        }
    }

    private List<String> names(JsonParser json) throws IOException {
        List<String> names = new ArrayList<>(2);
        for (boolean more = Json.firstElement(json); more; more = json.nextToken() != JsonToken.END_ARRAY) {
            for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
                json.nextToken();
                String name = field.equals("name") ? sharedText(json) : null;
                if (name != null) {
                    names.add(name);
                }
                json.skipChildren(); // What is not known here.
            }
        }
        return interner.list(List.copyOf(names));
    }

    private @Nullable String sharedText(JsonParser json) throws IOException {
        return Json.hasText(json) ? interner.text(json) : null;
    }
}
