package io.inmesh.balancer.stage.subset;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.pick.hash.XxHash64;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Layout.Candidate;
import io.inmesh.balancer.stage.Peers;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Members, and what is left of them to a client. */
final class Subsets {
    private static final EndpointStates STATES = new EndpointStates();

    private Subsets() {}

    /** Members of endpoints in canonical order. */
    static List<Member> members(int count) {
        return members(List.of(TestEndpoints.endpoints(count)));
    }

    static List<Member> members(Collection<Endpoint> endpoints) {
        return endpoints.stream()
                .map(endpoint -> new Member(TestEndpoints.TARGET, endpoint, STATES, () -> 0, BalancerObserver.NONE))
                .toList();
    }

    /** Client number {@code rank} of so many, which has its own number as its seed. */
    static Situation client(int rank, int peers) {
        return client(rank, peers, rank);
    }

    private static Situation client(int rank, int peers, long seed) {
        Peers known = peers == 0 ? Peers.UNKNOWN : new Peers(Arrays.asList(TestEndpoints.endpoints(peers)), rank);
        return new Situation(0, Locality.UNKNOWN, known, false, seed);
    }

    /** What a stage leaves of members in one group. */
    static List<Candidate> chosen(SubsetConfig.Mode mode, int size, Situation client, List<Member> members) {
        return stage(mode, size, client).apply(Layout.of(members)).candidates();
    }

    static Subsetting stage(SubsetConfig.Mode mode, int size, Situation client) {
        return new Subsetting(new SubsetConfig(mode, size), client, XxHash64::hash);
    }

    static Set<String> ids(List<Candidate> candidates) {
        return candidates.stream()
                .map(candidate -> candidate.member().endpoint().id())
                .collect(Collectors.toSet());
    }

    /** How many clients each server has, by weight. */
    static double[] spread(SubsetConfig.Mode mode, int size, int clients, List<Member> members) {
        return spread(mode, size, clients, members, 0);
    }

    /** The same, with seeds from that one on. */
    static double[] spread(SubsetConfig.Mode mode, int size, int clients, List<Member> members, long seed) {
        double[] spread = new double[members.size()];
        for (int client = 0; client < clients; client++) {
            for (Candidate candidate : chosen(mode, size, client(client, clients, seed + client), members)) {
                spread[members.indexOf(candidate.member())] += candidate.weight();
            }
        }
        return spread;
    }

    /** Connections that a change of the set opens, over all clients. */
    static int opened(SubsetConfig.Mode mode, int size, int clients, List<Member> before, List<Member> after) {
        int opened = 0;
        for (int client = 0; client < clients; client++) {
            Situation of = client(client, clients);
            Set<String> held = ids(chosen(mode, size, of, before));
            Set<String> wanted = ids(chosen(mode, size, of, after));
            wanted.removeAll(held);
            opened += wanted.size();
        }
        return opened;
    }
}
