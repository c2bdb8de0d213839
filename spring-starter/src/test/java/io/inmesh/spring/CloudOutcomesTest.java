package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What observers hear of requests of Spring Cloud LoadBalancer: the same as of any other door. */
class CloudOutcomesTest extends CloudFixture {
    private final List<Outcome> attempts = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final BalancerObserver noting = new BalancerObserver() {
        @Override
        public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
            attempts.add(outcome);
        }

        @Override
        public void called(Target target, int count, Outcome outcome) {
            requests.add(target + ", " + count + ", " + outcome);
        }
    };

    @Test
    void a_servers_wish_for_a_pause_is_heard_and_each_request_is_told_with_its_outcome() {
        Pod pod = pod();
        pod.answering(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            Pod.answer(exchange, 503, "later");
        });
        ordersAreOnly(pod);
        cloud.withBean(MeshCustomizer.class, () -> builder -> builder.observer(noting))
                .withPropertyValues("spring.cloud.loadbalancer.retry.enabled=false")
                .run(started -> {
                    for (Caller caller : callers()) {
                        assertThat(catchThrowable(() -> caller.call(started))).isNotNull();
                    }
                    await().until(() -> requests.size() == 3);
                    assertThat(attempts).hasSize(3).allSatisfy(outcome -> assertThat(pauseOf(outcome))
                            .isEqualTo(Duration.ofSeconds(7)));
                    assertThat(requests).containsOnly("k8s:///orders:80, 1, " + attempts.get(0));
                    pod.answering(exchange -> Pod.answer(exchange, 200, "ok"));
                    callers().forEach(caller -> caller.call(started));
                    await().until(() -> requests.size() == 6);
                    assertThat(requests.subList(3, 6)).containsOnly("k8s:///orders:80, 1, " + Outcome.SUCCESS);
                });
    }

    private static @Nullable Duration pauseOf(Outcome outcome) {
        if (outcome instanceof Outcome.Overloaded overloaded) {
            return overloaded.retryAfter();
        }
        return outcome instanceof Outcome.Failure failure ? failure.retryAfter() : null;
    }
}
