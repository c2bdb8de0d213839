package io.inmesh.samples.benchmarks.sim;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What the servers of a simulation are like.
 *
 * @param name in capitals, as reports name it
 * @param endpoints how many servers there are
 * @param workers how many requests each works on at a time; others wait in order of arrival
 * @param makers what makes the speed of each server
 */
record Scenario(String name, int endpoints, int workers, SpeedMaker makers) {
    /** Mean work of a request, exponential: what it takes a worker of speed 1. */
    static final long MEAN_WORK_NANOS = Duration.ofMillis(10).toNanos();

    private static final int ENDPOINTS = 50;
    private static final int WORKERS = 4;

    /** Of each server its usual speed, and how it departs from it. */
    interface SpeedMaker {

        /** What the server is built for: loads are relative to the sum of these, and it is what an operator would state as weight. */
        default double nominal(int server) {
            return 1;
        }

        /** The speed it has. */
        Speed speed(int server, RandomGenerator random);
    }

    /** Every 4th server has half the speed, always. */
    static final Scenario HET = new Scenario("HET", ENDPOINTS, WORKERS, new SpeedMaker() {
        @Override
        public double nominal(int server) {
            return server % 4 == 0 ? 0.5 : 1;
        }

        @Override
        public Speed speed(int server, RandomGenerator random) {
            return Speed.constant(nominal(server));
        }
    });

    /** One server is ten times slower in alternate periods of 2 s. */
    static final Scenario GRAY = new Scenario(
            "GRAY",
            ENDPOINTS,
            WORKERS,
            (server, random) ->
                    server == 0 ? Speed.alternating(0.1, Duration.ofSeconds(2).toNanos()) : Speed.constant(1));

    /** Every server has a neighbour that takes 60 % of it for a second or so, every ten seconds. */
    static final Scenario ANT = new Scenario(
            "ANT",
            ENDPOINTS,
            WORKERS,
            (server, random) -> Speed.disturbed(0.4, Speed.Disturbance.ofMillis(9_000, 300, 700), random));

    /** All alike. */
    static final Scenario HOM = new Scenario("HOM", ENDPOINTS, WORKERS, (server, random) -> Speed.constant(1));

    /** Those that policies are measured by. */
    static final List<Scenario> ALL = List.of(HET, GRAY, ANT, HOM);

    /** Requests a second that all servers together can do at their nominal speeds. */
    double capacity() {
        double speeds =
                IntStream.range(0, endpoints).mapToDouble(makers::nominal).sum();
        return speeds * workers * Duration.ofSeconds(1).toNanos() / MEAN_WORK_NANOS;
    }

    @Override
    public String toString() {
        return name;
    }
}
