package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Predicate;

/**
 * Reads EndpointSlice objects ({@code discovery.k8s.io/v1}) into the few fields that joining needs. What is equal in several slices,
 * such as nodes and zones, is shared by all that one reader has read, and what a slice says as before is the object of before.
 */
public final class SliceReader implements ObjectReader<Slice> {
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final Interner interner = new Interner();
    private final LatestSlices latest = new LatestSlices();
    private final Predicate<ObjectName> services;

    /** Reads all slices in full. */
    public SliceReader() {
        this(service -> true);
    }

    /**
     * Reads slices of those services in full. Of others it may leave out the endpoints: that they are of another service is all that has to
     * be known of them.
     */
    public SliceReader(Predicate<ObjectName> services) {
        this.services = services;
    }

    @Override
    public ReadObject<Slice> read(JsonParser json) throws IOException {
        ReadObject<Slice> read = new SliceDraft(interner, services).read(json);
        return read instanceof ReadObject.Reduced<Slice> readable
                ? new ReadObject.Reduced<>(read.id(), read.version(), latest.sharing(readable.object()))
                : read;
    }

    /**
     * Reads one that is in memory as a tree.
     *
     * @throws UnreadableException if it cannot be read
     */
    public static Slice read(JsonNode object) {
        try (JsonParser json = object.traverse()) {
            json.nextToken();
            ReadObject<Slice> read = new SliceReader().read(json);
            if (read instanceof ReadObject.Reduced<Slice> readable) {
                return readable.object();
            }
            throw new UnreadableException(((ReadObject.Unreadable<Slice>) read).why());
        } catch (IOException e) {
            throw new UncheckedIOException("a tree in memory cannot be read", e);
        }
    }
}
