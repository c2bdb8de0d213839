package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.SplitMix64;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is hashed: requests by their key, endpoints by theirs. */
final class Keys {
    private Keys() {}

    /** A request's place; one without a key has another each time. */
    static long of(PickContext context, RandomGenerator random) {
        String key = context.key();
        return key == null ? random.nextLong() : XxHash64.hash(key);
    }

    /** Each endpoint's hash, by the name that outlives a restart if it has one, else by address. */
    static long[] of(List<EndpointView> endpoints, long seed) {
        return endpoints.stream()
                .mapToLong(endpoint -> XxHash64.hash(endpoint.endpoint().hashKey(), seed))
                .toArray();
    }

    /** The place where a key is looked for once its first owner cannot be had: Envoy's rehash, {@code hash xor (2^64 - attempt)}. */
    static long again(long hash, int attempt) {
        return hash ^ -(long) attempt;
    }

    /** Another number for the same key, for a choice that is to be independent of the first. */
    static long other(long hash) {
        return SplitMix64.mix(hash);
    }
}
