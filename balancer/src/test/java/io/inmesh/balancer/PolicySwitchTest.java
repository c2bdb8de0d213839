package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service's owner goes through all policies by annotation while requests run, on the mesh's own threads. */
@Timeout(120)
class PolicySwitchTest {
    private static final String TARGET = FakeMesh.ORDERS;

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final AtomicLong completed = new AtomicLong();

    private static List<Endpoint> endpoints() {
        return List.of(TestEndpoints.endpoints(4));
    }

    @Test
    void policies_follow_each_other_in_any_order_and_no_request_no_counter_and_no_estimate_is_lost() throws Exception {
        BalancerObserver counting = new BalancerObserver() {
            @Override
            public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                completed.incrementAndGet();
            }
        };
        try (Mesh mesh = Mesh.builder().resolvers(cluster).observer(counting).build()) {
            LoadBalancer orders = mesh.service(TARGET);
            cluster.publish(TARGET, FakeMesh.annotated("peak-ewma"), endpoints());
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().get(30, TimeUnit.SECONDS);
            List<EndpointView> views = orders.snapshot().endpoints();
            views.forEach(view -> view.begin().complete(Outcome.SUCCESS));
            List<Lease> running = views.stream().map(EndpointView::begin).toList();
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong picks = new AtomicLong();
            Together.run(4, thread -> {
                if (thread == 0) {
                    switchThrough(orders, views);
                    over.set(true);
                    return;
                }
                for (int i = 0; !over.get(); i++) {
                    PickContext context = i % 2 == 0 ? PickContext.NONE : PickContext.NONE.withKey("key-" + i);
                    Pick pick = orders.pick(context);
                    assertThat(pick).isInstanceOf(Lease.class);
                    ((Lease) pick).complete(Outcome.SUCCESS);
                    picks.incrementAndGet();
                }
            });
            assertThat(orders.snapshot().endpoints()).containsExactlyElementsOf(views);
            assertThat(picks.get()).isPositive();
            assertThat(completed).hasValue(views.size() + picks.get());
            assertThat(views).allSatisfy(view -> {
                assertThat(view.inFlight())
                        .as("the request that runs all the time")
                        .isEqualTo(1);
                assertThat(view.latencyNanos()).as("known since peak-ewma").isNotNaN();
            });
            running.forEach(Lease::close);
        }
    }

    private void switchThrough(LoadBalancer orders, List<EndpointView> views) {
        long seed = System.nanoTime();
        System.out.println("policies in the order of seed " + seed);
        Random random = new Random(seed);
        List<EveryPolicy.Case> cases = new ArrayList<>(EveryPolicy.cases());
        for (int round = 0; round < 3; round++) {
            Collections.shuffle(cases, random);
            for (EveryPolicy.Case next : cases) {
                cluster.publish(TARGET, FakeMesh.FACTS.withAnnotations(next.settings()), endpoints());
                while (!orders.snapshot().policy().equals(next.policy().name())) {
                    Thread.onSpinWait();
                }
                assertThat(views).allMatch(view -> view.inFlight() >= 1);
            }
        }
    }
}
