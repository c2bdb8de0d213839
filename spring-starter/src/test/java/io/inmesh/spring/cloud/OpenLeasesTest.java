package io.inmesh.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Outcome;
import io.inmesh.spring.NotedLease;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OpenLeasesTest {
    private final OpenLeases leases = new OpenLeases();

    @Test
    void a_request_ends_its_own_lease_once_even_if_another_is_equal() {
        String one = new String("same");
        String other = new String("same");
        NotedLease ofOne = new NotedLease();
        NotedLease ofOther = new NotedLease();
        leases.begun(one, ofOne::complete);
        leases.begun(other, ofOther::complete);
        leases.ended(one, Outcome.SUCCESS);
        leases.ended(one, Outcome.TIMEOUT);
        assertThat(ofOne.outcomes()).containsExactly(Outcome.SUCCESS);
        assertThat(ofOther.outcomes()).isEmpty();
        assertThat(leases.size()).isEqualTo(1);
    }

    @Test
    void a_request_that_begins_anew_gives_its_former_lease_back() {
        Object request = new Object();
        NotedLease first = new NotedLease();
        NotedLease second = new NotedLease();
        leases.begun(request, first::complete);
        leases.begun(request, second::complete);
        assertThat(first.outcomes()).containsExactly(Outcome.CANCELLED);
        leases.ended(request, Outcome.SUCCESS);
        assertThat(second.outcomes()).containsExactly(Outcome.SUCCESS);
        assertThat(leases.size()).isZero();
    }

    @Test
    void a_request_that_was_dropped_without_a_word_gives_its_lease_back_when_the_next_begins() {
        NotedLease dropped = new NotedLease();
        leases.begun(new Object(), dropped::complete);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            Object next = new Object();
            leases.begun(next, new NotedLease()::complete);
            leases.ended(next, Outcome.SUCCESS);
            return !dropped.outcomes().isEmpty();
        });
        assertThat(dropped.outcomes()).containsExactly(Outcome.CANCELLED);
        assertThat(leases.size()).isZero();
    }
}
