package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules conclude of one target.
 *
 * @param result what is known now; null as long as something that is needed was never heard of (rule A-14)
 * @param trouble what hinders asking at present, or null; what is known stays in use (rule W-12)
 * @param warnings what people should mend: weights that cannot be read, addresses that were cut off
 * @param explanation which way in was chosen, where there are several; empty if nothing has to be explained
 * @param placed whether the client's node or zone had a say in the result, so that it may be another one elsewhere
 */
public record Answer(
        @Nullable Result result, @Nullable Trouble trouble, List<String> warnings, String explanation, boolean placed) {

    public Answer {
        warnings = List.copyOf(warnings);
    }

    /** The endpoints, or why there is no set (rule S-11). */
    public sealed interface Result {}

    /**
     * A set, perhaps empty.
     *
     * @param facts the service
     * @param endpoints all of them, usable or not
     * @param words why nothing is usable, where that needs words of its own; null otherwise
     */
    public record Found(
            ServiceFacts facts,
            List<Endpoint> endpoints,
            @Nullable Unresolved words) implements Result {}

    /** No set. */
    public record None(Unresolved unresolved) implements Result {}
}
