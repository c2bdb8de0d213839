package io.inmesh.resolver.kubernetes.snapshot;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Snapshots as bytes: JSON that people can read, with a checksum over what it says, so that a file is either what was written or
 * refused. Pure.
 */
final class SnapshotCodec {
    static final int FORMAT_VERSION = 1;

    private static final String VERSION_FIELD = "formatVersion";
    private static final String CHECKSUM_FIELD = "sha256";
    private static final String CONTENT_FIELD = "content";

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private SnapshotCodec() {}

    /** The bytes of a file. */
    static byte[] write(Snapshot snapshot) throws IOException {
        ObjectNode content = MAPPER.createObjectNode();
        ObjectNode target = content.putObject("target");
        snapshot.target().terms().forEach(target::put);
        content.put("written", snapshot.written().toString());
        SetFields.write(content.putObject("set"), snapshot.set());
        ObjectNode document = MAPPER.createObjectNode();
        document.put(VERSION_FIELD, FORMAT_VERSION);
        document.put(CHECKSUM_FIELD, checksum(content));
        document.set(CONTENT_FIELD, content);
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    }

    /**
     * Reads the bytes of a file.
     *
     * @param expected what the snapshot must be of
     * @throws DamagedSnapshotException if the bytes are not, whole and unchanged, what was once written of that target
     */
    static Snapshot read(byte[] bytes, SnapshotTarget expected) throws IOException {
        JsonNode document = document(bytes);
        JsonNode version = document.path(VERSION_FIELD);
        if (!version.isInt() || version.intValue() != FORMAT_VERSION) {
            throw new DamagedSnapshotException(
                    VERSION_FIELD + ": " + shortened(version.toString()) + " (expected: " + FORMAT_VERSION + ")");
        }
        JsonNode content = document.path(CONTENT_FIELD);
        if (!checksum(content).equals(document.path(CHECKSUM_FIELD).textValue())) {
            throw new DamagedSnapshotException(
                    CHECKSUM_FIELD + " does not fit what it says (expected: a file that nobody changed)");
        }
        SnapshotTarget target = target(content.path("target"));
        if (!target.equals(expected)) {
            throw new DamagedSnapshotException("target: " + target.terms() + " (expected: " + expected.terms() + ")");
        }
        try { // What was written cannot fail here, so whatever fails was not written by this.
            Instant written = Instant.parse(content.path("written").asText());
            return new Snapshot(target, written, SetFields.read(content.path("set")));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new DamagedSnapshotException("it says what cannot be: " + e.getMessage(), e);
        }
    }

    private static JsonNode document(byte[] bytes) throws IOException {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException e) { // From memory: what cannot be read is no JSON, or no text at all.
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new DamagedSnapshotException("no JSON: " + problem, e);
        }
    }

    private static SnapshotTarget target(JsonNode object) {
        NavigableMap<String, String> terms = new TreeMap<>();
        object.properties()
                .forEach(field -> terms.put(field.getKey(), field.getValue().asText()));
        return new SnapshotTarget(terms);
    }

    private static String checksum(JsonNode content) throws IOException {
        return SnapshotTarget.sha256(MAPPER.writeValueAsBytes(content));
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
