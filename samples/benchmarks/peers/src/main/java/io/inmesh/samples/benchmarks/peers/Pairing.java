package io.inmesh.samples.benchmarks.peers;

import java.util.List;
import java.util.stream.Stream;

/**
 * Ours and theirs, measured one after the other.
 *
 * @param title what is compared, for people and to choose by
 * @param call {@code choose} or {@code cycle}
 * @param ours a contender
 * @param peer the other
 * @param sizes over how many endpoints
 * @param onOneThread the ratio not to be passed on one thread, or {@link #UNBOUNDED}
 * @param onTwoThreads the same on two
 */
record Pairing(
        String title,
        String call,
        String ours,
        String peer,
        List<Integer> sizes,
        double onOneThread,
        double onTwoThreads) {
    static final double UNBOUNDED = Double.NaN;

    private static final String CHOOSE = "choose";
    private static final String CYCLE = "cycle";
    private static final List<Integer> EVERY_SIZE = List.of(10, 100, 1000, 10_000);
    private static final List<Integer> LARGE = List.of(1000);

    /** A choice allocates nothing; an object of the smallest size would be 16. */
    private static final double BYTES_OF_A_CHOICE = 0.5;

    /** One lease. */
    private static final double BYTES_OF_A_CYCLE = 32.5;

    /** The ratio not to be passed on so many threads. */
    double bound(int threads) {
        return threads == 1 ? onOneThread : onTwoThreads;
    }

    /** What ours may allocate. */
    double bytesBound() {
        return call.equals(CHOOSE) ? BYTES_OF_A_CHOICE : BYTES_OF_A_CYCLE;
    }

    /** True if there is a number to reach. */
    boolean isBounded() {
        return !Double.isNaN(onOneThread);
    }

    /** Every one. */
    static List<Pairing> all() {
        return Stream.of(numbersToReach(), besideStork(), besides())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Pairing> numbersToReach() {
        return List.of(
                new Pairing("choice", CHOOSE, "inmesh/round-robin", "grpc/round_robin", EVERY_SIZE, 1, 0.4),
                new Pairing("cycle", CYCLE, "inmesh/power-of-two", "grpc/least_request_experimental", EVERY_SIZE, 1, 1),
                new Pairing(
                        "weighted",
                        CHOOSE,
                        "inmesh/weighted-round-robin",
                        "grpc/weighted_round_robin",
                        EVERY_SIZE,
                        0.5,
                        0.5));
    }

    private static List<Pairing> besideStork() {
        return Stream.of(
                        "round-robin",
                        "random",
                        "weighted-round-robin",
                        "power-of-two",
                        "peak-ewma",
                        "destination-hash")
                .map(ours ->
                        new Pairing("beside Stork", CHOOSE, "inmesh/" + ours, "stork/round-robin", LARGE, 0.05, 0.05))
                .toList();
    }

    private static List<Pairing> besides() {
        return List.of(
                open("cycle in turns", CYCLE, "inmesh/round-robin", "grpc/least_request_experimental"),
                open("stamps", CYCLE, "inmesh/peak-ewma", "inmesh/power-of-two"),
                open("keys", CHOOSE, "inmesh/ring-hash", "grpc/ring_hash_experimental"),
                open("keys", CHOOSE, "inmesh/destination-hash", "grpc/ring_hash_experimental"),
                open("weighted", CHOOSE, "inmesh/weighted-round-robin", "armeria/weighted-round-robin"),
                open("keys", CHOOSE, "inmesh/destination-hash", "armeria/sticky"),
                open("turns", CHOOSE, "inmesh/round-robin", "stork/round-robin"),
                open("least of all", CYCLE, "inmesh/least-connection", "stork/least-requests"),
                open("least of two", CYCLE, "inmesh/power-of-two", "stork/power-of-two-choices"),
                open("turns", CHOOSE, "inmesh/round-robin", "spring/round-robin"),
                open("least of all", CYCLE, "inmesh/least-connection", "dubbo/leastactive"),
                open("keys", CHOOSE, "inmesh/destination-hash", "dubbo/consistenthash"),
                open("latency", CYCLE, "inmesh/peak-ewma", "dubbo/shortestresponse"));
    }

    private static Pairing open(String title, String call, String ours, String peer) {
        return new Pairing(title, call, ours, peer, EVERY_SIZE, UNBOUNDED, UNBOUNDED);
    }
}
