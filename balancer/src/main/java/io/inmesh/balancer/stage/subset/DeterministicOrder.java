package io.inmesh.balancer.stage.subset;

/**
 * Rounds of clients, by rank (Site Reliability Engineering, chapter 20): each round shuffles the servers in a way of its own and deals them out,
 * a subset to each client. Exact where the size divides the servers and the subsets of a round divide the clients; what does not fit into the
 * last subset of a round is idle for that round. A change of the set or of a rank moves most connections.
 */
final class DeterministicOrder implements Order {
    private final int[] shuffled;

    /** Where the client's own begin; behind them come those of the next clients. */
    private final int start;

    DeterministicOrder(int servers, int size, int rank) {
        int subsets = servers / size;
        int round = rank / subsets;
        shuffled = new SplitMix(round).shuffled(servers);
        start = rank % subsets * size;
    }

    @Override
    public boolean[] first(int count) {
        boolean[] chosen = new boolean[shuffled.length];
        for (int i = 0; i < count; i++) {
            chosen[shuffled[(start + i) % shuffled.length]] = true;
        }
        return chosen;
    }
}
