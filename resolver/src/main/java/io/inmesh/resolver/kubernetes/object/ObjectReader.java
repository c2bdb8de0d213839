package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.Function;

/**
 * Reduces an API object to what is needed of it, while it is being parsed: a slice of a hundred endpoints is 40 KB of JSON, of which
 * a tenth is kept.
 *
 * <p>Threads: any, several at a time.
 */
@FunctionalInterface
public interface ObjectReader<T> {

    /**
     * Reads one object.
     *
     * @param json at the object's first token; left at its last one
     */
    ReadObject<T> read(JsonParser json) throws IOException;

    /** For objects that are small or rare: builds the whole tree first. */
    static <T> ObjectReader<T> tree(Function<JsonNode, T> reduce) {
        return json -> {
            JsonNode tree = Json.tree(json);
            return new ReadObject<>(Json.id(tree), Json.version(tree), reduce.apply(tree));
        };
    }
}
