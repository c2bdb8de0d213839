package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * The weights that members have before anything is arranged: the endpoint's own, or what code says instead, and none in zones that are given
 * none. Who has none is quiesced: he gets no new request, and nobody may count on him.
 *
 * @param fromCode the application's word, or what leaves weights as they are
 */
record BaseWeights(Stage fromCode) {

    /** All of them, with what code says. Zones are asked later, where they are arranged. */
    Layout layoutOf(Collection<? extends Member> members) {
        return fromCode.apply(Layout.of(members));
    }

    /** False if it is quiesced. */
    boolean hasWeight(Member member, BalancerConfig config) {
        return weighed(List.of(member), config).get(0).hasWeight();
    }

    /**
     * The endpoints of those members that pass the test, in their order; with weight 0 whoever is quiesced, by whose word ever, and with some weight
     * whoever is not, though the endpoint says so itself.
     */
    List<Endpoint> endpointsOf(Collection<? extends Member> members, Predicate<Member> wanted, BalancerConfig config) {
        List<Endpoint> endpoints = new ArrayList<>(members.size());
        for (Layout.Candidate candidate : weighed(members, config)) {
            if (wanted.test(candidate.member())) {
                Endpoint endpoint = candidate.endpoint();
                boolean told = candidate.hasWeight() == endpoint.weight() > 0;
                endpoints.add(told ? endpoint : endpoint.withWeight(candidate.hasWeight() ? 1 : 0));
            }
        }
        return List.copyOf(endpoints);
    }

    private List<Layout.Candidate> weighed(Collection<? extends Member> members, BalancerConfig config) {
        return Stages.quiesced(config.locality()).apply(layoutOf(members)).candidates();
    }
}
