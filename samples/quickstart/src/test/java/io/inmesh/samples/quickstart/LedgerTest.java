package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.balancer.attempt.Safety;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Target GRPC = Target.parse(GrpcOrders.TARGET);
    private static final Target HTTP = Target.parse(HttpOrders.TARGET);
    private static final Endpoint ENDPOINT = Endpoint.of("127.0.0.11", 8080).withPod("orders-1");
    private static final PodPort BY_HTTP = new PodPort("orders-1", Door.HTTP);
    private static final PodPort BY_GRPC = new PodPort("orders-1", Door.GRPC);

    private final Ledger ledger = new Ledger();

    @Test
    void losses_of_safe_and_unsafe_requests_are_kept_apart() {
        ledger.sent(Safety.IDEMPOTENT, Door.HTTP);
        ledger.answered(Safety.IDEMPOTENT, BY_HTTP, 1);
        ledger.sent(Safety.UNSAFE, Door.HTTP);
        ledger.lost(Safety.UNSAFE, Door.HTTP, new IOException("reset"));
        ledger.sent(Safety.UNSAFE, Door.HTTP);
        ledger.lost(Safety.UNSAFE, Door.HTTP, new IOException("refused"));

        assertThat(ledger.totals(Safety.IDEMPOTENT)).isEqualTo(new Ledger.Totals(1, 1, 0));
        assertThat(ledger.totals(Safety.UNSAFE)).isEqualTo(new Ledger.Totals(2, 0, 2));
        assertThat(ledger.firstLoss()).isEqualTo("unsafe http: java.io.IOException: reset");
    }

    @Test
    void attempts_count_for_the_pod_and_the_door_they_were_made_through_however_they_ended() {
        ledger.completed(GRPC, ENDPOINT, Outcome.SUCCESS, -1);
        ledger.completed(HTTP, ENDPOINT, Outcome.SUCCESS, -1);
        ledger.completed(HTTP, ENDPOINT, Outcome.CANCELLED, -1);

        assertThat(ledger.attempts(BY_GRPC)).isEqualTo(1);
        assertThat(ledger.attempts(BY_HTTP)).isEqualTo(2);
    }

    @Test
    void attempts_beyond_the_first_of_each_request_are_repeats() {
        ledger.sent(Safety.IDEMPOTENT, Door.HTTP);
        ledger.completed(HTTP, ENDPOINT, Outcome.SUCCESS, -1);
        assertThat(ledger.repeats(Door.HTTP)).isZero();

        ledger.completed(HTTP, ENDPOINT.withPod("orders-2"), Outcome.SUCCESS, -1);

        assertThat(ledger.repeats(Door.HTTP)).isEqualTo(1);
        assertThat(ledger.repeats(Door.GRPC)).isZero();
    }

    @Test
    void an_answer_belongs_to_the_phase_it_arrives_in() {
        PhaseCounts first = new PhaseCounts();
        PhaseCounts second = new PhaseCounts();

        ledger.begin(first);
        ledger.answered(Safety.IDEMPOTENT, BY_HTTP, 1);
        ledger.answered(Safety.IDEMPOTENT, BY_HTTP, 1);
        ledger.begin(second);
        ledger.answered(Safety.IDEMPOTENT, BY_HTTP, 1);

        assertThat(first.of(BY_HTTP).count()).isEqualTo(2);
        assertThat(second.of(BY_HTTP).count()).isEqualTo(1);
        assertThat(second.of(BY_GRPC).count()).isZero();
        assertThat(ledger.answers(BY_HTTP)).isEqualTo(3);
    }
}
