package io.inmesh.spring;

import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.LocalityConfig;
import io.inmesh.balancer.config.PriorityConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.config.WeightConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape of {@code inmesh.services.NAME.*}, which is where IDEs look for what they offer below a name; {@link ServiceProperties} reads the values,
 * and a test holds this to the keys that there are. What each one means is said at the key of the same name below {@code inmesh.defaults}.
 *
 * @param policy The balancing policy.
 * @param port The service port to use where a URL names none, by number or name.
 * @param endpoints Endpoints to use instead of the cluster's, such as localhost:8081,localhost:8082.
 * @param target The service of the cluster that this name stands for, such as orders.shop:http.
 * @param affinity Keys affinity.*.
 * @param destinationHash Keys destination-hash.*.
 * @param first Keys first.*.
 * @param lblc Keys lblc.*.
 * @param lblcr Keys lblcr.*.
 * @param leastConnection Keys least-connection.*.
 * @param locality Keys locality.*.
 * @param nodeLocal Keys node-local.*.
 * @param nq Keys nq.*.
 * @param ovf Keys ovf.*.
 * @param peakEwma Keys peak-ewma.*.
 * @param powerOfTwo Keys power-of-two.*.
 * @param prequal Keys prequal.*.
 * @param priority Keys priority.*.
 * @param rendezvous Keys rendezvous.*.
 * @param ringHash Keys ring-hash.*.
 * @param sed Keys sed.*.
 * @param slowStart Keys slow-start.*.
 * @param sourceHash Keys source-hash.*.
 * @param subset Keys subset.*.
 * @param weight Keys weight.*.
 * @param weightedRoundRobin Keys weighted-round-robin.*.
 * @param wlc Keys wlc.*.
 */
public record ServiceShape(
        @Nullable String policy,
        @Nullable String port,
        @Nullable List<String> endpoints,
        @Nullable String target,
        @Nullable Affinity affinity,
        @Nullable DestinationHash destinationHash,
        @Nullable First first,
        @Nullable Lblc lblc,
        @Nullable Lblcr lblcr,
        @Nullable LeastConnection leastConnection,
        @Nullable Locality locality,
        @Nullable NodeLocal nodeLocal,
        @Nullable Nq nq,
        @Nullable Ovf ovf,
        @Nullable PeakEwma peakEwma,
        @Nullable PowerOfTwo powerOfTwo,
        @Nullable Prequal prequal,
        @Nullable Priority priority,
        @Nullable Rendezvous rendezvous,
        @Nullable RingHash ringHash,
        @Nullable Sed sed,
        @Nullable SlowStart slowStart,
        @Nullable SourceHash sourceHash,
        @Nullable Subset subset,
        @Nullable Weight weight,
        @Nullable WeightedRoundRobin weightedRoundRobin,
        @Nullable Wlc wlc) {

    /**
     * Keys {@code affinity.*}.
     *
     * @param mode Whether a client or a session stays with its endpoint.
     */
    public record Affinity(AffinityConfig.@Nullable Mode mode) {}

    /**
     * Keys {@code destination-hash.*}.
     *
     * @param loadFactor How many times its fair share of requests an endpoint takes before keys go on to the next: 0 for any load, else from 1 on.
     * @param size Slots of the table, a prime; 0 for what suits the number of endpoints.
     * @param table How slots are given to endpoints.
     */
    public record DestinationHash(
            @Nullable Double loadFactor,
            @Nullable Integer size,
            @Nullable String table) {}

    /**
     * Keys {@code first.*}.
     *
     * @param shuffle Whether each client has an order of its own.
     */
    public record First(@Nullable Boolean shuffle) {}

    /**
     * Keys {@code lblc.*}.
     *
     * @param entries How many keys are remembered at most.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Lblc(@Nullable Integer entries, @Nullable String ties) {}

    /**
     * Keys {@code lblcr.*}.
     *
     * @param entries How many keys are remembered at most.
     * @param expiration After how long the most loaded endpoint of a key is given up.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Lblcr(
            @Nullable Integer entries,
            @Nullable Duration expiration,
            @Nullable String ties) {}

    /**
     * Keys {@code least-connection.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record LeastConnection(
            @Nullable Boolean exact, @Nullable String ties) {}

    /**
     * Keys {@code locality.*}.
     *
     * @param enabledPercent With zone-aware: the percentage of requests that look at zones.
     * @param minEndpoints With zone-aware: with fewer healthy endpoints zones are not looked at.
     * @param mode Whether near endpoints are preferred.
     * @param spillFactor With node: requests leave the near endpoints when each has more than so many times as many in flight as each of the next nearest; 0 for never.
     * @param strict With node: no endpoint of another node is ever picked.
     * @param weights With weighted: the weights of zones, as in zone-a=3,zone-b=1.
     */
    public record Locality(
            @Nullable Integer enabledPercent,
            @Nullable Integer minEndpoints,
            LocalityConfig.@Nullable Mode mode,
            @Nullable Double spillFactor,
            @Nullable Boolean strict,
            @Nullable String weights) {}

    /**
     * Keys {@code node-local.*}.
     *
     * @param policy The policy that chooses among near endpoints where the policy is node-local.
     */
    public record NodeLocal(@Nullable String policy) {}

    /**
     * Keys {@code nq.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Nq(@Nullable Boolean exact, @Nullable String ties) {}

    /**
     * Keys {@code ovf.*}.
     *
     * @param strict Whether requests are refused when all endpoints are full.
     */
    public record Ovf(@Nullable Boolean strict) {}

    /**
     * Keys {@code peak-ewma.*}.
     *
     * @param choices How many endpoints are drawn for each request.
     * @param defaultRtt What an endpoint counts as while no latency of it is known.
     */
    public record PeakEwma(
            @Nullable Integer choices, @Nullable Duration defaultRtt) {}

    /**
     * Keys {@code power-of-two.*}.
     *
     * @param choices How many endpoints are drawn for each request.
     */
    public record PowerOfTwo(@Nullable Integer choices) {}

    /**
     * Keys {@code prequal.*}.
     *
     * @param age After how long a probe counts no more.
     * @param pool How many probes are kept.
     * @param probes How many probes are sent for each request.
     * @param quantile Above which quantile of requests in flight an endpoint counts as busy.
     * @param removed How many probes are dropped for each request.
     * @param reuse How far the pool may lose more than it gains before probes are used again.
     */
    public record Prequal(
            @Nullable Duration age,
            @Nullable Integer pool,
            @Nullable Double probes,
            @Nullable Double quantile,
            @Nullable Double removed,
            @Nullable Double reuse) {}

    /**
     * Keys {@code priority.*}.
     *
     * @param mode When requests go to the next priority.
     * @param overProvisioning At 140 a priority takes everything until fewer than 72 percent of it are healthy.
     * @param panicThreshold With fewer percent healthy, and nowhere else to go, the unhealthy are used as well; 0 for never.
     * @param zones Zones in the order in which they are wanted, as in own,zone-b|zone-c,*.
     */
    public record Priority(
            PriorityConfig.@Nullable Mode mode,
            @Nullable Integer overProvisioning,
            @Nullable Integer panicThreshold,
            @Nullable List<String> zones) {}

    /**
     * Keys {@code rendezvous.*}.
     *
     * @param loadFactor How many times its fair share of requests an endpoint takes before keys go on to the next: 0 for any load, else from 1 on.
     */
    public record Rendezvous(@Nullable Double loadFactor) {}

    /**
     * Keys {@code ring-hash.*}.
     *
     * @param loadFactor How many times its fair share of requests an endpoint takes before keys go on to the next: 0 for any load, else from 1 on.
     * @param maxSize With xds: the most points on the ring.
     * @param minSize With xds: the fewest points on the ring.
     * @param sizing How many points endpoints have on the ring.
     */
    public record RingHash(
            @Nullable Double loadFactor,
            @Nullable Integer maxSize,
            @Nullable Integer minSize,
            @Nullable String sizing) {}

    /**
     * Keys {@code sed.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Sed(@Nullable Boolean exact, @Nullable String ties) {}

    /**
     * Keys {@code slow-start.*}.
     *
     * @param aggression Above 1: more at the beginning, less later.
     * @param minPercent The percentage of its weight that a new endpoint has at least.
     * @param window How long a new endpoint takes to its full weight: more than 1s and at most 24h, or off.
     */
    public record SlowStart(
            @Nullable Double aggression,
            @Nullable Integer minPercent,
            @Nullable String window) {}

    /**
     * Keys {@code source-hash.*}.
     *
     * @param source What stands for this caller; its own address unless set.
     */
    public record SourceHash(@Nullable String source) {}

    /**
     * Keys {@code subset.*}.
     *
     * @param mode Whether this process uses only some of the endpoints, and how it chooses them.
     * @param size How many endpoints; 20 unless set, with aperture 12.
     */
    public record Subset(
            SubsetConfig.@Nullable Mode mode, @Nullable Integer size) {}

    /**
     * Keys {@code weight.*}.
     *
     * @param blackout With reports: how long they must have come before they count; off for no time.
     * @param errorPenalty With reports: what a share of failed requests adds to utilization.
     * @param expiration With reports: after how long without one they are forgotten.
     * @param metrics With reports: names of utilizations to read before the application's own.
     * @param period With reports: how often weights are taken from them.
     * @param source Where weights come from.
     */
    public record Weight(
            @Nullable String blackout,
            @Nullable Double errorPenalty,
            @Nullable Duration expiration,
            @Nullable List<String> metrics,
            @Nullable Duration period,
            WeightConfig.@Nullable Source source) {}

    /**
     * Keys {@code weighted-round-robin.*}.
     *
     * @param sequence Which sequence of turns.
     */
    public record WeightedRoundRobin(@Nullable String sequence) {}

    /**
     * Keys {@code wlc.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Wlc(@Nullable Boolean exact, @Nullable String ties) {}
}
