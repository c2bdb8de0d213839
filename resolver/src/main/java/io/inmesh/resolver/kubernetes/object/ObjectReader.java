package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reduces an API object to what is needed of it, while it is being parsed: a slice of a hundred endpoints is 40 KB of JSON, of which
 * a tenth is kept. An object that cannot be read costs itself alone: the parser goes on behind it.
 *
 * <p>Threads: any, several at a time.
 */
@FunctionalInterface
public interface ObjectReader<T> {

    /**
     * Reads one object.
     *
     * @param json at the object's first token; left at its last one, also if the object cannot be read
     * @throws IOException if this is no JSON, so that nothing behind it can be read either
     */
    ReadObject<T> read(JsonParser json) throws IOException;

    /**
     * For objects that are small or rare: builds the whole tree first.
     *
     * @param reduce throws {@link UnreadableException} for an object that cannot be read
     */
    static <T> ObjectReader<T> tree(Function<JsonNode, T> reduce) {
        return tree(reduce, object -> null);
    }

    /**
     * The same where it can be told for whom an object speaks that cannot be read.
     *
     * @param outline fails for nothing that {@code reduce} fails for
     */
    static <T> ObjectReader<T> tree(Function<JsonNode, T> reduce, Function<JsonNode, @Nullable T> outline) {
        return json -> {
            JsonNode tree = Json.tree(json);
            ObjectName id = Json.id(tree);
            String version = Json.version(tree);
            try {
                return new ReadObject.Reduced<>(id, version, reduce.apply(tree));
            } catch (RuntimeException e) { // Also what was not thought of costs this object alone.
                return new ReadObject.Unreadable<>(id, version, UnreadableException.why(e), outline.apply(tree));
            }
        };
    }
}
