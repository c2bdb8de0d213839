package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointSetTest {
    private static final ServiceFacts ORDERS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP));
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);
    private static final Endpoint NOT_READY = B.withUsability(new Usability.Unusable("not ready (C-1)"));

    @Test
    void an_empty_set_says_what_to_check() {
        assertThat(EndpointSet.of(ORDERS, 1, List.of()).nothingUsable())
                .isEqualTo(
                        new Unresolved(
                                Reason.NO_ENDPOINTS,
                                "orders in namespace shop, port grpc: it has no endpoints; check that its selector matches running pods"));
    }

    @Test
    void a_set_of_unusable_endpoints_counts_them_and_shows_the_first() {
        Endpoint draining = A.withUsability(new Usability.Draining("terminating (C-3)"));

        assertThat(EndpointSet.of(ORDERS, 1, List.of(NOT_READY, draining)).nothingUsable())
                .isEqualTo(new Unresolved(
                        Reason.NO_ENDPOINTS,
                        "orders in namespace shop, port grpc: none of its endpoints is usable (2 known, first: 10.0.0.1:80 is "
                                + "draining: terminating (C-3)); check the readiness of its pods"));
    }

    @Test
    void the_same_content_under_another_revision_is_the_same_A13() {
        EndpointSet set = EndpointSet.of(ORDERS, 1, List.of(A, B));

        assertThat(set.sameContent(EndpointSet.of(ORDERS, 2, List.of(B, A)))).isTrue();
        assertThat(set).isNotEqualTo(EndpointSet.of(ORDERS, 2, List.of(B, A)));
    }

    @Test
    void any_difference_in_content_is_one_A13() {
        EndpointSet set = EndpointSet.of(ORDERS, 1, List.of(A, B));

        assertThat(set.sameContent(EndpointSet.of(ORDERS, 1, List.of(A)))).isFalse();
        assertThat(set.sameContent(EndpointSet.of(ORDERS, 1, List.of(A, NOT_READY))))
                .isFalse();
        assertThat(set.sameContent(EndpointSet.of(ORDERS, 1, List.of(A, B.withWeight(2)))))
                .isFalse();
        assertThat(set.sameContent(EndpointSet.of(ORDERS.withAnnotations(Map.of("policy", "rr")), 1, List.of(A, B))))
                .isFalse();
    }

    @Test
    void another_reason_why_nothing_is_usable_is_a_difference() {
        List<Endpoint> none = List.of(NOT_READY);
        EndpointSet plain = EndpointSet.of(ORDERS, 1, none);
        EndpointSet local = new EndpointSet(
                ORDERS, 1, none, new Unresolved(Reason.NO_LOCAL_ENDPOINTS, "none on node-1"), false, null);

        assertThat(plain.sameContent(local)).isFalse();
        assertThat(local.sameContent(plain)).isFalse();
        assertThat(plain.sameContent(EndpointSet.of(ORDERS, 9, none))).isTrue();
    }

    @Test
    void the_endpoints_are_a_copy_that_cannot_be_changed() {
        List<Endpoint> given = new ArrayList<>(List.of(A));
        EndpointSet set = new EndpointSet(ORDERS, 1, given, null, false, null);
        given.add(B);

        assertThat(set.endpoints()).containsExactly(A);
        assertThatThrownBy(() -> set.endpoints().add(B)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // The point: what a caller without null checks gets.
    void facts_are_required() {
        assertThatNullPointerException()
                .isThrownBy(() -> EndpointSet.of(null, 1, List.of(A)))
                .withMessage("facts");
    }
}
