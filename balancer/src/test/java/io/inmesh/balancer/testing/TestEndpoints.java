package io.inmesh.balancer.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Endpoints 10.0.0.0:8080, 10.0.0.1:8080 ... and what balancers make of them, in canonical order. */
public final class TestEndpoints {
    /** A target that nothing resolves. */
    public static final Target TARGET = Target.parse("orders.shop:http");

    private TestEndpoints() {}

    /** Endpoint number i, below 65536; numbers of the same count of digits sort as they count. */
    public static Endpoint endpoint(int i) {
        return Endpoint.of("10.0." + i / 256 + "." + i % 256, 8080);
    }

    /** The first n. */
    public static Endpoint[] endpoints(int n) {
        return IntStream.range(0, n).mapToObj(TestEndpoints::endpoint).toArray(Endpoint[]::new);
    }

    /** Real members for n endpoints of weight 1, untimed. */
    public static List<EndpointView> members(int n) {
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        return members(weights);
    }

    /** Real members with these weights, untimed, in canonical order. */
    public static List<EndpointView> members(double... weights) {
        EndpointStates states = new EndpointStates();
        List<EndpointView> members = new ArrayList<>();
        EndpointSet set = EndpointSet.of(ServiceFacts.of(ServiceKey.of(TARGET)), 1, List.of(endpoints(weights.length)));
        for (int i = 0; i < weights.length; i++) {
            Member member =
                    new Member(TARGET, set.endpoints().get(i), states, NanoClock.system(), BalancerObserver.NONE);
            member.setWeight(weights[i]);
            members.add(member);
        }
        return members;
    }

    /** Views with these loads, all of weight 1. */
    public static List<EndpointView> loaded(int... inFlight) {
        return IntStream.range(0, inFlight.length)
                .<EndpointView>mapToObj(i -> new LoadedView(endpoint(i), inFlight[i], 1))
                .toList();
    }

    /** Where a view stands in a list, by identity; -1 if it does not. */
    public static int indexOf(List<EndpointView> endpoints, Object view) {
        for (int i = 0; i < endpoints.size(); i++) {
            if (endpoints.get(i) == view) {
                return i;
            }
        }
        return -1;
    }
}
