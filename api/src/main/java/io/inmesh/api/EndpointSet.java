package io.inmesh.api;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All endpoints of one port of one service at one moment, usable or not. A value; every process that sees the same endpoints holds
 * them in the same order ({@link Endpoint#hashKey()}, then id), whatever order they arrived in.
 *
 * @param facts the service they belong to
 * @param revision counts the publications of one resolver, rising; says nothing across resolvers
 * @param endpoints sorted, each id once (of two, the first given stays)
 * @param nothingUsable why no endpoint is usable; null exactly if one is. Where the resolver gives no words of its own, {@link
 *     Reason#NO_ENDPOINTS} and a count
 * @param stale whether it was kept from an earlier life of the process and its source has not been heard since
 * @param triggered when, by the cluster's clock, that happened which this publication tells of; for a metric of propagation. Null if unsaid.
 *     Says nothing about content (rule A-15)
 * @param warnings what people should mend though endpoints are known: addresses that the cluster cut off (rule E-5), weights that cannot
 *     be read ...; empty mostly
 */
public record EndpointSet(
        ServiceFacts facts,
        long revision,
        List<Endpoint> endpoints,
        @Nullable Unresolved nothingUsable,
        boolean stale,
        @Nullable Instant triggered,
        List<String> warnings) {

    /** Sorts, drops doubles and settles {@code nothingUsable}. */
    public EndpointSet {
        Objects.requireNonNull(facts, "facts");
        endpoints = CanonicalOrder.of(endpoints);
        warnings = List.copyOf(warnings);
        if (isAnyUsable(endpoints)) {
            nothingUsable = null;
        } else if (nothingUsable == null) {
            nothingUsable = noneUsable(facts.key(), endpoints);
        }
    }

    /** A set about which nothing has to be mended. */
    public EndpointSet(
            ServiceFacts facts,
            long revision,
            List<Endpoint> endpoints,
            @Nullable Unresolved nothingUsable,
            boolean stale,
            @Nullable Instant triggered) {
        this(facts, revision, endpoints, nothingUsable, stale, triggered, List.of());
    }

    /** A set whose emptiness, if it is empty, needs no special words. */
    public static EndpointSet of(ServiceFacts facts, long revision, Collection<Endpoint> endpoints) {
        return new EndpointSet(facts, revision, List.copyOf(endpoints), null, false, null);
    }

    /** True if the two say the same of the service, whatever their revisions and triggers: no need to publish the second (rule A-13). */
    public boolean sameContent(EndpointSet other) {
        return facts.equals(other.facts)
                && endpoints.equals(other.endpoints)
                && Objects.equals(nothingUsable, other.nothingUsable)
                && stale == other.stale
                && warnings.equals(other.warnings);
    }

    private static boolean isAnyUsable(List<Endpoint> endpoints) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.usability().isUsable()) {
                return true;
            }
        }
        return false;
    }

    private static Unresolved noneUsable(ServiceKey key, List<Endpoint> endpoints) {
        String found = endpoints.isEmpty()
                ? "it has no endpoints; check that its selector matches running pods"
                : "none of its endpoints is usable (" + endpoints.size() + " known, first: "
                        + endpoints.get(0).address() + " is "
                        + endpoints.get(0).usability() + "); check the readiness of its pods";
        return new Unresolved(Reason.NO_ENDPOINTS, key.describe() + ": " + found);
    }
}
