package io.inmesh.balancer.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Usability;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final Usability DRAINING = new Usability.Draining("terminating");
    private static final Usability UNUSABLE = new Usability.Unusable("not ready");

    private static Pipeline.Arranged arrange(Endpoint... endpoints) {
        EndpointStates states = new EndpointStates();
        List<Member> members = Stream.of(endpoints)
                .map(endpoint ->
                        new Member(TestEndpoints.TARGET, endpoint, states, NanoClock.system(), BalancerObserver.NONE))
                .toList();
        return Pipeline.standard().arrange(Layout.of(members));
    }

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    private static List<Endpoint> endpointsOf(Pipeline.Arranged arranged) {
        return arranged.layout().candidates().stream()
                .map(candidate -> candidate.member().endpoint())
                .toList();
    }

    @Test
    void the_usable_stay_in_their_order_with_their_weight() {
        Pipeline.Arranged arranged =
                arrange(e(1), e(2).withUsability(UNUSABLE), e(3).withWeight(7), e(4).withUsability(DRAINING));
        assertThat(endpointsOf(arranged)).containsExactly(e(1), e(3).withWeight(7));
        assertThat(arranged.layout().candidates())
                .extracting(Layout.Candidate::weight)
                .containsExactly(1.0, 7.0);
        assertThat(arranged.emptiedAt()).isNull();
    }

    @Test
    void quiesced_endpoints_get_no_new_request_while_another_has_weight() {
        assertThat(endpointsOf(arrange(e(1).withWeight(0), e(2)))).containsExactly(e(2));
    }

    @Test
    void it_says_which_place_lost_the_last_candidate() {
        assertThat(arrange().emptiedAt()).isEqualTo(Place.ELIGIBLE);
        assertThat(arrange(e(1).withUsability(UNUSABLE), e(2).withUsability(DRAINING))
                        .emptiedAt())
                .isEqualTo(Place.ELIGIBLE);
        assertThat(arrange(e(1).withWeight(0), e(2).withWeight(0)).emptiedAt()).isEqualTo(Place.QUIESCED);
        assertThat(arrange(e(1).withWeight(0), e(2).withUsability(UNUSABLE)).emptiedAt())
                .isEqualTo(Place.QUIESCED);
    }

    @Test
    void nothing_brings_an_unusable_endpoint_back() {
        assertThat(arrange(e(1).withUsability(UNUSABLE).withWeight(1 << 20))
                        .layout()
                        .candidates())
                .isEmpty();
    }

    @Test
    void places_stand_in_the_order_of_section_3() {
        assertThat(Place.values())
                .containsExactly(
                        Place.ELIGIBLE,
                        Place.ROUTE,
                        Place.GROUP,
                        Place.SUBSET,
                        Place.AWAITED,
                        Place.IN_PLAY,
                        Place.PRIORITY_LOAD,
                        Place.HEALTH,
                        Place.LOCALITY_SHARE,
                        Place.AT_HAND,
                        Place.WEIGHT,
                        Place.QUIESCED);
    }
}
