package io.inmesh.resolver.kubernetes;

import io.inmesh.resolver.kubernetes.KubernetesReading.Hints;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.HintUse;
import io.inmesh.resolver.kubernetes.rule.SourceChoice;
import org.jspecify.annotations.Nullable;

/** What users say, in the words of the rules. */
final class ReadingRules {
    private ReadingRules() {}

    static ClientRules of(KubernetesReading reading, ClientPlace place, String clusterDomain) {
        return new ClientRules(
                place,
                use(reading.hints()),
                use(reading.headlessHints()),
                switch (reading.source()) {
                    case AUTO -> SourceChoice.AUTO;
                    case ENDPOINTSLICES -> SourceChoice.ENDPOINT_SLICES;
                    case ENDPOINTS -> SourceChoice.ENDPOINTS;
                },
                !reading.podWeights().equals(KubernetesReading.NO_WEIGHTS),
                clusterDomain);
    }

    private static HintUse use(Hints hints) {
        return switch (hints) {
            case NONE -> HintUse.NONE;
            case ZONES -> HintUse.ZONES;
            case NODES_AND_ZONES -> HintUse.NODES_AND_ZONES;
        };
    }

    static @Nullable String weightLabel(KubernetesReading reading) {
        String said = reading.podWeights();
        boolean label =
                !said.equals(KubernetesReading.NO_WEIGHTS) && !said.equals(KubernetesReading.WEIGHTS_BY_ANNOTATION);
        return label ? said : null;
    }
}
