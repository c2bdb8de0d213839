package io.inmesh.api;

/**
 * Asks endpoints how loaded they are, for policy {@code prequal}. Given to {@code Mesh.builder().prober(...)}.
 *
 * <pre>{@code
 * Prober overHttp = (endpoint, answers) -> {
 *     URI load = URI.create("http://" + endpoint.endpoint().address() + "/load");
 *     HttpRequest probe = HttpRequest.newBuilder(load).timeout(Duration.ofSeconds(1)).build();
 *     client.sendAsync(probe, BodyHandlers.ofString()).thenAccept(answer -> {
 *         String[] said = answer.body().split(" ", 2); // such as "7 12.5": requests in flight, milliseconds
 *         answers.answered(endpoint, Integer.parseInt(said[0]), Double.parseDouble(said[1]) * 1e6);
 *     });
 * };
 * }</pre>
 *
 * <p>Threads: called on the threads of requests, many at once, some times for each request; must not wait. An endpoint that does not answer is
 * no error. A prober that throws is logged once and cannot break a pick.
 */
@FunctionalInterface
public interface Prober {

    /** Asks nobody. */
    Prober NONE = (endpoint, answers) -> {};

    /** Asks; what the endpoint answers within a few milliseconds is told there, later answers are worth nothing. */
    void probe(EndpointView endpoint, Answers answers);

    /** Takes what endpoints answer. */
    @FunctionalInterface
    interface Answers {

        /**
         * An endpoint answered. On any thread; never waits, and never fails.
         *
         * @param endpoint the one that was asked
         * @param requestsInFlight how many requests it has from all clients, 0 or more
         * @param latencyNanos what a request takes there at about that many, in nanoseconds: the median of the last ones that met about as many,
         *     not an average of all, or an endpoint that was slow once would never be asked again
         */
        void answered(EndpointView endpoint, int requestsInFlight, double latencyNanos);
    }
}
