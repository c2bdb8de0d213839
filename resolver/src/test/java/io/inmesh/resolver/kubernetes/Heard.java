package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.proof.Told;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** What was told, to be waited for. */
final class Heard extends Told {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    EndpointSet last() {
        List<EndpointSet> sets = sets();
        assertThat(sets).as("sets heard of; all messages: %s", messages()).isNotEmpty();
        return sets.get(sets.size() - 1);
    }

    EndpointSet awaitSet(Predicate<EndpointSet> wanted) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> !sets().isEmpty() && wanted.test(last()));
        return last();
    }

    EndpointSet awaitUsable(String... addresses) {
        return awaitSet(set -> List.of(addresses).equals(usable(set)));
    }

    Unresolved awaitReason(Reason reason) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> heardOf(reason));
        return unresolved().stream()
                .filter(heard -> heard.reason() == reason)
                .findFirst()
                .orElseThrow();
    }
}
