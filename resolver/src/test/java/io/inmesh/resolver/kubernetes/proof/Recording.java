package io.inmesh.resolver.kubernetes.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What an API server sent while one scenario took its course.
 *
 * @param name the scenario's name
 * @param namespace where it took place
 * @param lists the lists that the watches began from, by plural
 * @param lines the lines of all watches, in the order of their versions
 * @param checkpoints moments at which things were quiet
 */
record Recording(
        String name, String namespace, Map<String, JsonNode> lists, List<Line> lines, List<Checkpoint> checkpoints) {

    static final String SERVICES = "services";
    static final String SLICES = "endpointslices";
    static final String ENDPOINTS = "endpoints";

    private static final Set<String> TOLD = Set.of("ADDED", "MODIFIED", "DELETED", "BOOKMARK");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A line of a watch.
     *
     * @param ms when it came, in milliseconds since the watches began
     * @param plural which watch it came from
     * @param event the line read
     * @param text the line as it came
     */
    record Line(long ms, String plural, JsonNode event, String text) {
        String type() {
            return event.path("type").asText();
        }

        JsonNode object() {
            return event.path("object");
        }

        private long version() {
            return object().at("/metadata/resourceVersion").asLong();
        }
    }

    /**
     * A quiet moment.
     *
     * @param after what had been done
     * @param readMs when it was, in milliseconds since the watches began
     * @param services all services then
     * @param slices all slices then
     */
    record Checkpoint(String after, long readMs, List<JsonNode> services, List<JsonNode> slices) {}

    /** Reads a scenario's files, given by name. Lines that tell of no object, such as ERROR, ended a watch and say nothing. */
    static Recording read(String name, Map<String, String> files) throws IOException {
        JsonNode meta = JSON.readTree(text(files, "meta.json"));
        Map<String, JsonNode> lists = new LinkedHashMap<>();
        List<Line> lines = new ArrayList<>();
        for (String plural : List.of(SERVICES, SLICES, ENDPOINTS)) {
            if (files.containsKey(plural + ".list.json")) {
                lists.put(plural, JSON.readTree(text(files, plural + ".list.json")));
                for (String line :
                        files.getOrDefault(plural + ".watch.jsonl", "").lines().toList()) {
                    JsonNode json = JSON.readTree(line);
                    String sent = json.path("line").asText();
                    Line read = new Line(json.path("ms").asLong(), plural, JSON.readTree(sent), sent);
                    if (TOLD.contains(read.type())) {
                        lines.add(read);
                    }
                }
            }
        }
        // As the server wrote them, whichever watch was quicker; a bookmark may carry the version of another type's
        // event.
        lines.sort(Comparator.comparingLong(Line::version)
                .thenComparing(line -> line.type().equals("BOOKMARK")));
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (JsonNode each : JSON.readTree(text(files, "checkpoints.json"))) {
            checkpoints.add(new Checkpoint(
                    each.path("after").asText(),
                    each.path("read_ms").asLong(),
                    elements(each.path("services")),
                    elements(each.path("endpointslices"))));
        }
        return new Recording(name, meta.path("namespace").asText(), lists, List.copyOf(lines), checkpoints);
    }

    private static String text(Map<String, String> files, String name) throws IOException {
        String text = files.get(name);
        if (text == null) {
            throw new IOException("a recording without " + name + " (found: " + files.keySet() + ")");
        }
        return text;
    }

    static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** Lets a server begin where the watches began. */
    void load(ScriptedApiServer api) {
        lists.values().forEach(list -> api.load(list.toString()));
    }

    /** Lets a server hold what a checkpoint lists, and nothing else. */
    void load(ScriptedApiServer api, Checkpoint checkpoint) {
        long version = linesUntil(checkpoint.readMs()).stream()
                .mapToLong(Line::version)
                .reduce(list(SERVICES).at("/metadata/resourceVersion").asLong(), Math::max);
        api.load(list("ServiceList", "v1", version, checkpoint.services()));
        api.load(list("EndpointSliceList", "discovery.k8s.io/v1", version, checkpoint.slices()));
    }

    private JsonNode list(String plural) {
        return Objects.requireNonNull(lists.get(plural), () -> name + " has no list of " + plural);
    }

    private static String list(String kind, String apiVersion, long version, List<JsonNode> items) {
        ObjectNode list = JSON.createObjectNode();
        list.put("kind", kind).put("apiVersion", apiVersion);
        list.putObject("metadata").put("resourceVersion", Long.toString(version));
        list.putArray("items").addAll(items);
        return list.toString();
    }

    /** What had come at that moment. */
    List<Line> linesUntil(long ms) {
        return lines.stream().filter(line -> line.ms() <= ms).toList();
    }

    /** Every form of every object of a type that occurs. */
    List<JsonNode> everSeen(String plural) {
        List<JsonNode> seen = new ArrayList<>();
        if (lists.containsKey(plural)) {
            seen.addAll(elements(list(plural).path("items")));
        }
        lines.stream()
                .filter(line -> line.plural().equals(plural) && !line.type().equals("BOOKMARK"))
                .forEach(line -> seen.add(line.object()));
        return seen;
    }

    /** The objects of a type that its watch had shown at that moment, by name. */
    Map<String, JsonNode> objectsAt(String plural, long ms) {
        Map<String, JsonNode> objects = new LinkedHashMap<>();
        elements(list(plural).path("items")).forEach(item -> objects.put(nameOf(item), item));
        for (Line line : linesUntil(ms)) {
            if (line.plural().equals(plural) && line.type().equals("DELETED")) {
                objects.remove(nameOf(line.object()));
            } else if (line.plural().equals(plural) && !line.type().equals("BOOKMARK")) {
                objects.put(nameOf(line.object()), line.object());
            }
        }
        return objects;
    }

    static String nameOf(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
