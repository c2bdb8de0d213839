package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.PodReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights that pods say of themselves. A value.
 *
 * @param byUid those other than 1, by pod uid
 * @param complaints a text for each that cannot be read and counts as 1, sorted
 */
public record PodWeights(Map<String, Integer> byUid, List<String> complaints) {
    /** Nothing is known of any pod. */
    public static final PodWeights NONE = new PodWeights(Map.of(), List.of());

    private static final int DEFAULT = 1;
    private static final int MAX_DIGITS = 7; // Those of 2^20; what is longer fits no int or no range.

    public PodWeights {
        byUid = Map.copyOf(byUid);
        complaints = List.copyOf(complaints);
    }

    /** Reads the weights of pods. */
    public static PodWeights of(Collection<PodObject> pods) {
        Map<String, Integer> weights = new HashMap<>();
        List<String> complaints = new ArrayList<>();
        for (PodObject pod : pods) {
            String said = pod.weight();
            int weight = said == null ? DEFAULT : parse(said.strip());
            if (weight < 0) {
                complaints.add("pod " + pod.id() + ": weight '" + said + "' (expected: 0.." + Endpoint.MAX_WEIGHT
                        + " in annotation " + PodReader.WEIGHT_ANNOTATION + " or the configured label; 1 is used)");
            } else if (weight != DEFAULT) {
                weights.put(pod.uid(), weight);
            }
        }
        complaints.sort(null);
        return new PodWeights(weights, complaints);
    }

    /** The weight of a pod; 1 for one that says none, is not known or is null. */
    public int weightOf(@Nullable String podUid) {
        return podUid == null || byUid.isEmpty() ? DEFAULT : byUid.getOrDefault(podUid, DEFAULT);
    }

    /** Negative if it is no weight. */
    private static int parse(String said) {
        boolean digits = !said.isEmpty() && said.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || said.length() > MAX_DIGITS) {
            return -1;
        }
        int weight = Integer.parseInt(said);
        return weight <= Endpoint.MAX_WEIGHT ? weight : -1;
    }
}
