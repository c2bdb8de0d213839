package io.inmesh.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenLeasesTest {
    private final OpenLeases leases = new OpenLeases();

    /** Remembers how it ended. */
    private static final class Noted implements Lease {
        private final List<Outcome> outcomes = new ArrayList<>();

        @Override
        public Endpoint endpoint() {
            return Endpoint.of("10.0.0.1", 80);
        }

        @Override
        public void answered() {
            // Not looked at.
        }

        @Override
        public void streams() {}

        @Override
        public void report(LoadReport report) {
            // Not looked at.
        }

        @Override
        public boolean complete(Outcome outcome) {
            return outcomes.add(outcome);
        }

        @Override
        public void close() {
            complete(Outcome.CANCELLED);
        }
    }

    @Test
    void a_request_ends_its_own_lease_once_even_if_another_is_equal() {
        String one = new String("same");
        String other = new String("same");
        Noted ofOne = new Noted();
        Noted ofOther = new Noted();
        leases.begun(one, ofOne);
        leases.begun(other, ofOther);
        leases.ended(one, Outcome.SUCCESS);
        leases.ended(one, Outcome.TIMEOUT);
        assertThat(ofOne.outcomes).containsExactly(Outcome.SUCCESS);
        assertThat(ofOther.outcomes).isEmpty();
        assertThat(leases.size()).isEqualTo(1);
    }

    @Test
    void a_request_that_begins_anew_gives_its_former_lease_back() {
        Object request = new Object();
        Noted first = new Noted();
        Noted second = new Noted();
        leases.begun(request, first);
        leases.begun(request, second);
        assertThat(first.outcomes).containsExactly(Outcome.CANCELLED);
        leases.ended(request, Outcome.SUCCESS);
        assertThat(second.outcomes).containsExactly(Outcome.SUCCESS);
        assertThat(leases.size()).isZero();
    }

    @Test
    void a_request_that_was_dropped_without_a_word_gives_its_lease_back_when_the_next_begins() {
        Noted dropped = new Noted();
        leases.begun(new Object(), dropped);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            Object next = new Object();
            leases.begun(next, new Noted());
            leases.ended(next, Outcome.SUCCESS);
            return !dropped.outcomes.isEmpty();
        });
        assertThat(dropped.outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(leases.size()).isZero();
    }
}
