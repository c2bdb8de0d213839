package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A listener that remembers everything, in order. */
final class Heard implements Resolver.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Object> messages = new ArrayList<>(); // Guarded by this.

    @Override
    public synchronized void onUpdate(EndpointSet set) {
        messages.add(set);
    }

    @Override
    public synchronized void onUnresolved(Unresolved unresolved) {
        messages.add(unresolved);
    }

    synchronized List<Object> messages() {
        return List.copyOf(messages);
    }

    synchronized void forget() {
        messages.clear();
    }

    List<EndpointSet> sets() {
        return messages().stream()
                .filter(EndpointSet.class::isInstance)
                .map(EndpointSet.class::cast)
                .toList();
    }

    List<Unresolved> reasons() {
        return messages().stream()
                .filter(Unresolved.class::isInstance)
                .map(Unresolved.class::cast)
                .toList();
    }

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
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> reasons().stream()
                .anyMatch(heard -> heard.reason() == reason));
        return reasons().stream()
                .filter(heard -> heard.reason() == reason)
                .findFirst()
                .orElseThrow();
    }

    /** The addresses that may be picked, in the set's order. */
    static List<String> usable(EndpointSet set) {
        return set.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Endpoint::address)
                .toList();
    }
}
