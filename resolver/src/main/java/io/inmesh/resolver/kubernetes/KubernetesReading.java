package io.inmesh.resolver.kubernetes;

import java.util.Objects;

/**
 * What is read of a cluster and how it is understood; a part of {@link KubernetesConfig}, whose keys stand beside the others: {@code
 * inmesh.kubernetes.source}.
 *
 * @param source which objects endpoints come from. Default: {@link Source#AUTO}
 * @param hints which hints are followed. Default: {@link Hints#NODES_AND_ZONES}, as kube-proxy does
 * @param headlessHints which hints are followed for headless services. Default: {@link Hints#NONE}, as DNS would not (rule T-12)
 * @param podWeights where weights of endpoints come from: {@value #NO_WEIGHTS}, {@value #WEIGHTS_BY_ANNOTATION} (the pod's {@code
 *     inmesh.io/weight}) or the name of a label of pods, as in {@code example.com/weight}. Anything but {@value #NO_WEIGHTS} watches
 *     pods, which needs {@code list} and {@code watch} on them; without that right all weights are 1. Default: {@value #NO_WEIGHTS}
 */
public record KubernetesReading(Source source, Hints hints, Hints headlessHints, String podWeights) {
    /** No weights. */
    public static final String NO_WEIGHTS = "off";

    /** Weights by annotation. */
    public static final String WEIGHTS_BY_ANNOTATION = "annotation";

    /** Everything at its default. */
    public static final KubernetesReading DEFAULT =
            new KubernetesReading(Source.AUTO, Hints.NODES_AND_ZONES, Hints.NONE, NO_WEIGHTS);

    private static final String LABEL_NAME =
            "([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";

    /** Which objects endpoints come from (rules E-1, E-2). */
    public enum Source {
        /** EndpointSlices; Endpoints only where the server has no slices, or forbids them and not Endpoints. */
        AUTO,
        /** EndpointSlices and nothing else. */
        ENDPOINTSLICES,
        /** The deprecated Endpoints: one family, at most 1000 addresses, neither zones nor hints nor draining (rules E-4, E-5). */
        ENDPOINTS
    }

    /** Which hints on endpoints are followed (group T). */
    public enum Hints {
        /** None. */
        NONE,
        /** Those for zones. */
        ZONES,
        /** Those for nodes, and those for zones where the first say nothing. */
        NODES_AND_ZONES
    }

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException naming key, value and expectation
     */
    public KubernetesReading {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(hints, "hints");
        Objects.requireNonNull(headlessHints, "headlessHints");
        if (!podWeights.matches(LABEL_NAME)) {
            throw KubernetesConfig.refusal(
                    "pod-weights",
                    podWeights,
                    NO_WEIGHTS + ", " + WEIGHTS_BY_ANNOTATION + " or the name of a label, as in example.com/weight");
        }
    }

    /** The same from other objects. */
    public KubernetesReading withSource(Source newSource) {
        return new KubernetesReading(newSource, hints, headlessHints, podWeights);
    }

    /** The same following other hints. */
    public KubernetesReading withHints(Hints newHints, Hints newHeadlessHints) {
        return new KubernetesReading(source, newHints, newHeadlessHints, podWeights);
    }

    /** The same with other weights. */
    public KubernetesReading withPodWeights(String newPodWeights) {
        return new KubernetesReading(source, hints, headlessHints, newPodWeights);
    }
}
