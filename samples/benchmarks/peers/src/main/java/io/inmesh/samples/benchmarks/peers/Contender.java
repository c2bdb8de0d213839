package io.inmesh.samples.benchmarks.peers;

/**
 * One library's policy over endpoints that are all there and idle, reached through the library's public calls.
 *
 * <p>Threads: {@link #choose} and {@link #cycle} any number at once. A fork of the benchmark opens one contender alone, so that the JVM compiles
 * each as it would in a program that uses this library and no other.
 */
interface Contender extends AutoCloseable {

    /** The choice alone. */
    Object choose(Turn turn);

    /** The choice, and whatever the library counts of a request, begun and ended at once. */
    Object cycle(Turn turn);

    @Override
    void close();

    /**
     * Opens one.
     *
     * @param name library and policy, such as {@code grpc/round_robin}
     */
    static Contender open(String name, int endpoints) {
        int slash = name.indexOf('/');
        String policy = name.substring(slash + 1);
        return switch (name.substring(0, Math.max(0, slash))) {
            case "inmesh" -> InmeshContender.open(policy, endpoints);
            case "grpc" -> GrpcContender.open(policy, endpoints);
            case "armeria" -> new ArmeriaContender(policy, endpoints);
            case "stork" -> new StorkContender(policy, endpoints);
            case "spring" -> new SpringContender(policy, endpoints);
            case "dubbo" -> new DubboContender(policy, endpoints);
            default ->
                throw new IllegalArgumentException("contender: " + name
                        + " (expected: inmesh/, grpc/, armeria/, stork/, spring/ or dubbo/ and a policy)");
        };
    }
}
