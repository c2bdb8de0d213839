package io.inmesh.spring;

import io.inmesh.balancer.config.LatencyConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The shape of what policies are told besides their names: {@code POLICY.SETTING}, the part of {@link ServiceShape} that is theirs. */
public final class PolicyShapes {
    private PolicyShapes() {}

    /**
     * Keys {@code destination-hash.*}.
     *
     * @param loadFactor How many times its fair share of requests an endpoint takes before keys go on to the next: 0 for any load, else from 1 on.
     * @param size Slots of the table, a prime; 0 for what suits the number of endpoints.
     * @param table How slots are given to endpoints.
     */
    public record DestinationHash(
            @Nullable Double loadFactor, @Nullable Integer size, OfferedValues.@Nullable Table table) {}

    /**
     * Keys {@code dh.*}.
     *
     * @param strict Whether keys whose endpoint is kept out by its health are refused, as IPVS does without its fallback flags, instead of going to others meanwhile.
     */
    public record Dh(@Nullable Boolean strict) {}

    /**
     * Keys {@code first.*}.
     *
     * @param shuffle Whether each client has an order of its own.
     */
    public record First(@Nullable Boolean shuffle) {}

    /**
     * Keys {@code latency.*}.
     *
     * @param decay After how long without a request an estimate is down to 37 percent, and how fast better answers lower it; from 100ms to 1h.
     * @param failurePenalty What a failure counts as at least; from 1ms to 1h.
     * @param point Where the time of a request ends: with the beginning of its answer or with all of it.
     */
    public record Latency(
            @Nullable Duration decay, @Nullable Duration failurePenalty, LatencyConfig.@Nullable Point point) {}

    /**
     * Keys {@code lblc.*}.
     *
     * @param entries How many keys are remembered at most.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Lblc(@Nullable Integer entries, OfferedValues.@Nullable Ties ties) {}

    /**
     * Keys {@code lblcr.*}.
     *
     * @param entries How many keys are remembered at most.
     * @param expiration After how long the most loaded endpoint of a key is given up.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Lblcr(@Nullable Integer entries, @Nullable Duration expiration, OfferedValues.@Nullable Ties ties) {}

    /**
     * Keys {@code least-connection.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record LeastConnection(@Nullable Boolean exact, OfferedValues.@Nullable Ties ties) {}

    /**
     * Keys {@code nq.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Nq(@Nullable Boolean exact, OfferedValues.@Nullable Ties ties) {}

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
            OfferedValues.@Nullable Sizing sizing) {}

    /**
     * Keys {@code round-robin.*}.
     *
     * @param exact Whether turns are of one sequence for the whole process, instead of one for each thread that picks at once.
     */
    public record RoundRobin(@Nullable Boolean exact) {}

    /**
     * Keys {@code sed.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Sed(@Nullable Boolean exact, OfferedValues.@Nullable Ties ties) {}

    /**
     * Keys {@code source-hash.*}.
     *
     * @param source What stands for this caller; its own address unless set.
     * @param strict Whether keys whose endpoint is kept out by its health are refused, as IPVS does without its fallback flags, instead of going to others meanwhile.
     */
    public record SourceHash(
            @Nullable String source, @Nullable Boolean strict) {}

    /**
     * Keys {@code weighted-round-robin.*}.
     *
     * @param exact Whether turns are of one sequence for the whole process, instead of one for each thread that picks at once.
     * @param sequence Which sequence of turns.
     */
    public record WeightedRoundRobin(@Nullable Boolean exact, OfferedValues.@Nullable Sequence sequence) {}

    /**
     * Keys {@code wlc.*}.
     *
     * @param exact Whether every endpoint is looked at above 64 of them, too.
     * @param ties Which of equally loaded endpoints is taken.
     */
    public record Wlc(@Nullable Boolean exact, OfferedValues.@Nullable Ties ties) {}
}
