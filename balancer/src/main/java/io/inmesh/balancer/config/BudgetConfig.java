package io.inmesh.balancer.config;

import java.util.List;

/**
 * How many requests of a service may be sent again, so that repeats never become the load that keeps a service down. Keys {@code budget.*}.
 * One budget serves all callers of a service in this process that say the same of it; a call's first repeat after nothing was sent is free.
 *
 * @param mode by what it is measured
 * @param percent {@link Mode#RATIO}: of the requests of the last 10 s; {@link Mode#CONCURRENT}: of those that run; 0 to 100, default 20
 * @param minPerSecond {@link Mode#RATIO}: so many a second besides, so that few requests can be repeated as well; 0 to 100000, default 10
 * @param maxTokens {@link Mode#TOKENS}: how many tokens there are at first and at most, 1 to 1000; default 10
 * @param tokenRatio {@link Mode#TOKENS}: what each answer gives back of a token, 0.001 to 1000; default 0.1
 * @param minConcurrent {@link Mode#CONCURRENT}: so many at the same time in any case; 0 to 100000, default 3
 */
public record BudgetConfig(
        Mode mode, int percent, int minPerSecond, double maxTokens, double tokenRatio, int minConcurrent) {

    /** Finagle's ratio; the numbers of the other forms are those of gRFC A6 and Envoy. */
    public static final BudgetConfig DEFAULT = new BudgetConfig(Mode.RATIO, 20, 10, 10, 0.1, 3);

    /** The room's name, before each of its keys. */
    static final String ROOM = "budget";

    private static final String MODE = "mode";
    private static final String PERCENT = "percent";
    private static final String MIN_PER_SECOND = "min-per-second";
    private static final String MAX_TOKENS = "max-tokens";
    private static final String TOKEN_RATIO = "token-ratio";
    private static final String MIN_CONCURRENT = "min-concurrent";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE, PERCENT, MIN_PER_SECOND, MAX_TOKENS, TOKEN_RATIO, MIN_CONCURRENT);

    private static final int MOST = 100_000;
    private static final int MOST_TOKENS = 1_000;
    private static final double LEAST_RATIO = 0.001;

    /** By what a budget is measured. */
    public enum Mode {
        /** By requests: a share of them, and some a second (Finagle). */
        RATIO,
        /** By answers: a failure takes a token, an answer gives back a part of one, above half of them repeats are allowed (gRFC A6). */
        TOKENS,
        /** By what runs at this moment: repeats are a share of the requests in flight, and some in any case (Envoy). */
        CONCURRENT
    }

    /** Checks the ranges. */
    public BudgetConfig {
        Ranges.check(ROOM, PERCENT, percent, 0, 100);
        Ranges.check(ROOM, MIN_PER_SECOND, minPerSecond, 0, MOST);
        Ranges.check(ROOM, MAX_TOKENS, maxTokens, 1, MOST_TOKENS);
        Ranges.check(ROOM, TOKEN_RATIO, tokenRatio, LEAST_RATIO, MOST_TOKENS);
        Ranges.check(ROOM, MIN_CONCURRENT, minConcurrent, 0, MOST);
    }

    /** Reads what is said, the defaults for the rest. */
    static BudgetConfig of(PolicySettings said) {
        return new BudgetConfig(
                said.choice(MODE, DEFAULT.mode),
                said.whole(PERCENT, DEFAULT.percent, 0, 100),
                said.whole(MIN_PER_SECOND, DEFAULT.minPerSecond, 0, MOST),
                said.number(MAX_TOKENS, DEFAULT.maxTokens, 1, MOST_TOKENS),
                said.number(TOKEN_RATIO, DEFAULT.tokenRatio, LEAST_RATIO, MOST_TOKENS),
                said.whole(MIN_CONCURRENT, DEFAULT.minConcurrent, 0, MOST));
    }
}
