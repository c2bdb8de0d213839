package io.inmesh.samples.benchmarks.peers;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import java.util.Objects;
import java.util.stream.IntStream;

/** Armeria's endpoint groups. They count nothing of a request, so a cycle is the selection. */
final class ArmeriaContender implements Contender {
    private final EndpointGroup group;
    private final ClientRequestContext[] contexts;

    ArmeriaContender(String policy, int endpoints) {
        boolean sticky = policy.equals("sticky");
        EndpointSelectionStrategy strategy = sticky
                // The text's own hash, which it keeps: the cheapest there is.
                ? EndpointSelectionStrategy.sticky(context -> context.path().hashCode())
                : EndpointSelectionStrategy.weightedRoundRobin();
        group = EndpointGroup.of(
                strategy,
                IntStream.range(0, endpoints)
                        .mapToObj(i -> Endpoint.of("pod-" + i + ".shop", 8080)
                                .withWeight(sticky ? 1 : InmeshContender.weight(i)))
                        .toList());
        contexts = IntStream.range(0, Turn.KEYS)
                .mapToObj(i -> ClientRequestContext.of(HttpRequest.of(HttpMethod.GET, "/" + Turn.key(i))))
                .toArray(ClientRequestContext[]::new);
    }

    @Override
    public Object choose(Turn turn) {
        return Objects.requireNonNull(group.selectNow(contexts[turn.next()]));
    }

    @Override
    public Object cycle(Turn turn) {
        return choose(turn);
    }

    @Override
    public void close() {
        group.close();
    }
}
