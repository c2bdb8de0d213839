package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.source.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How this client resolves, whatever it is asked for.
 *
 * @param place where it runs
 * @param hints which hints it follows
 * @param headlessHints which hints it follows for headless services (rule T-12)
 * @param source where endpoints are read from (rule E-2)
 * @param weighted whether pods tell weights
 * @param clusterDomain the domain under which the cluster's names end (rule N-6)
 */
public record ClientRules(
        ClientPlace place,
        HintUse hints,
        HintUse headlessHints,
        SourceChoice source,
        boolean weighted,
        String clusterDomain) {

    /** What is read of a namespace for a Service in it (rule R-3); nobody outside the pod network reads pods. */
    List<Right> rights(String namespace) {
        List<Right> rights = new ArrayList<>();
        rights.add(Right.toWatchServices(namespace));
        rights.add(
                source == SourceChoice.ENDPOINTS
                        ? Right.toWatch("", "endpoints", namespace)
                        : Right.toWatchSlices(namespace));
        if (weighted && place.outside() == null) {
            rights.add(Right.toWatch("", "pods", namespace));
        }
        return rights;
    }

    /**
     * Where it resolves, as texts: what decides besides {@link #terms()} where a traffic policy is Local or hints are followed (rules L-2,
     * T-2).
     */
    NavigableMap<String, String> placeTerms() {
        NavigableMap<String, String> terms = new TreeMap<>();
        terms.put("placed", "true"); // A node and a zone that are not known are a place, too.
        if (place.locality().node() != null) {
            terms.put("node", place.locality().node());
        }
        if (place.locality().zone() != null) {
            terms.put("zone", place.locality().zone());
        }
        return terms;
    }

    /**
     * All of it as texts, but for the place, and for the families that the host has addresses of: with its network down, which is
     * when sets of before are needed, it has others.
     */
    NavigableMap<String, String> terms() {
        NavigableMap<String, String> terms = new TreeMap<>();
        terms.put("network", place.outside() == null ? "inside" : "outside");
        if (place.family() != null) {
            terms.put("family", place.family().name());
        }
        terms.put("hints", hints.name());
        terms.put("headlessHints", headlessHints.name());
        terms.put("source", source.name());
        terms.put("weighted", Boolean.toString(weighted));
        terms.put("clusterDomain", clusterDomain);
        return terms;
    }
}
