package io.inmesh.spring;

import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BudgetConfig;
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
 * @param budget Keys budget.*.
 * @param check Keys check.*.
 * @param destinationHash Keys destination-hash.*.
 * @param dh Keys dh.*.
 * @param eject Keys eject.*.
 * @param first Keys first.*.
 * @param hedge Keys hedge.*.
 * @param key Keys key.*.
 * @param latency Keys latency.*.
 * @param lblc Keys lblc.*.
 * @param lblcr Keys lblcr.*.
 * @param leastConnection Keys least-connection.*.
 * @param limit Keys limit.*.
 * @param locality Keys locality.*.
 * @param nodeLocal Keys node-local.*.
 * @param nq Keys nq.*.
 * @param ovf Keys ovf.*.
 * @param peakEwma Keys peak-ewma.*.
 * @param powerOfTwo Keys power-of-two.*.
 * @param prequal Keys prequal.*.
 * @param priority Keys priority.*.
 * @param rendezvous Keys rendezvous.*.
 * @param resilience4j Keys resilience4j.*.
 * @param retry Keys retry.*.
 * @param ringHash Keys ring-hash.*.
 * @param roundRobin Keys round-robin.*.
 * @param sed Keys sed.*.
 * @param slowStart Keys slow-start.*.
 * @param sourceHash Keys source-hash.*.
 * @param subset Keys subset.*.
 * @param weight Keys weight.*.
 * @param weightedRoundRobin Keys weighted-round-robin.*.
 * @param wlc Keys wlc.*.
 */
public record ServiceShape(
        OfferedValues.@Nullable Policy policy,
        @Nullable String port,
        @Nullable List<String> endpoints,
        @Nullable String target,
        @Nullable Affinity affinity,
        @Nullable Budget budget,
        HealthShapes.@Nullable Check check,
        PolicyShapes.@Nullable DestinationHash destinationHash,
        PolicyShapes.@Nullable Dh dh,
        HealthShapes.@Nullable Eject eject,
        PolicyShapes.@Nullable First first,
        @Nullable Hedge hedge,
        @Nullable Key key,
        PolicyShapes.@Nullable Latency latency,
        PolicyShapes.@Nullable Lblc lblc,
        PolicyShapes.@Nullable Lblcr lblcr,
        PolicyShapes.@Nullable LeastConnection leastConnection,
        HealthShapes.@Nullable Limit limit,
        @Nullable Locality locality,
        @Nullable NodeLocal nodeLocal,
        PolicyShapes.@Nullable Nq nq,
        PolicyShapes.@Nullable Ovf ovf,
        PolicyShapes.@Nullable PeakEwma peakEwma,
        PolicyShapes.@Nullable PowerOfTwo powerOfTwo,
        PolicyShapes.@Nullable Prequal prequal,
        @Nullable Priority priority,
        PolicyShapes.@Nullable Rendezvous rendezvous,
        HealthShapes.@Nullable Resilience4j resilience4j,
        @Nullable Retry retry,
        PolicyShapes.@Nullable RingHash ringHash,
        PolicyShapes.@Nullable RoundRobin roundRobin,
        PolicyShapes.@Nullable Sed sed,
        @Nullable SlowStart slowStart,
        PolicyShapes.@Nullable SourceHash sourceHash,
        @Nullable Subset subset,
        @Nullable Weight weight,
        PolicyShapes.@Nullable WeightedRoundRobin weightedRoundRobin,
        PolicyShapes.@Nullable Wlc wlc) {

    /**
     * Keys {@code affinity.*}.
     *
     * @param mode Whether a client or a session stays with its endpoint.
     * @param token Where requests of sessions carry their token, as in header:x-session or cookie:session; unless set the program carries it.
     */
    public record Affinity(
            AffinityConfig.@Nullable Mode mode, @Nullable String token) {}

    /**
     * Keys {@code budget.*}.
     *
     * @param maxTokens With tokens: how many there are at first and at most.
     * @param minConcurrent With concurrent: so many repeats may run at the same time in any case.
     * @param minPerSecond With ratio: so many repeats a second besides, so that few requests can be repeated as well.
     * @param mode By what it is measured how many requests may be sent again.
     * @param percent With ratio: how many repeats there may be for 100 requests of the last 10 s; with concurrent: for 100 that run.
     * @param tokenRatio With tokens: what each answer gives back of a token.
     */
    public record Budget(
            @Nullable Double maxTokens,
            @Nullable Integer minConcurrent,
            @Nullable Integer minPerSecond,
            BudgetConfig.@Nullable Mode mode,
            @Nullable Integer percent,
            @Nullable Double tokenRatio) {}

    /**
     * Keys {@code hedge.*}.
     *
     * @param attempts How many attempts of a request run at the same time at most.
     * @param delay After how long without an answer an idempotent request goes to a second endpoint besides: a time such as 20ms, a percentile of the last answers such as p95, or off.
     * @param percent How many hedges there are for 100 requests of the last 10 s at most.
     */
    public record Hedge(
            @Nullable Integer attempts,
            @Nullable String delay,
            @Nullable Integer percent) {}

    /**
     * Keys {@code key.*}.
     *
     * @param from Where the key of a request is found, for policies that follow keys: the first that there is of header:NAME, cookie:NAME, path and method, or several together as in header:x-tenant+header:x-user.
     */
    public record Key(@Nullable List<String> from) {}

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
    public record NodeLocal(OfferedValues.@Nullable Policy policy) {}

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
     * Keys {@code retry.*}.
     *
     * @param attempts How many attempts of a request are made at most, hedges included: 1, which repeats nothing, to 5.
     * @param backoff How long is waited before the first repeat, give or take 20 percent, and twice as long before each further one; off for no wait.
     * @param deadline How long all attempts of a request together may take until the answer begins; off for without limit.
     * @param maxBackoff The longest wait before a repeat.
     * @param timeout How long one attempt may take until its answer begins, after which an idempotent request goes elsewhere and any other fails; off for as long as the client lets it.
     */
    public record Retry(
            @Nullable Integer attempts,
            @Nullable String backoff,
            @Nullable String deadline,
            @Nullable String maxBackoff,
            @Nullable String timeout) {}

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
     * @param oobPeriod With gRPC: how often servers are asked to report without being called, from 100ms; on for 10s, or off.
     * @param period With reports: how often weights are taken from them.
     * @param source Where weights come from.
     */
    public record Weight(
            @Nullable String blackout,
            @Nullable Double errorPenalty,
            @Nullable Duration expiration,
            @Nullable List<String> metrics,
            @Nullable String oobPeriod,
            @Nullable Duration period,
            WeightConfig.@Nullable Source source) {}
}
