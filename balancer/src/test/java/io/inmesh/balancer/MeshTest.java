package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.FakeMesh.lease;
import static io.inmesh.balancer.FakeMesh.picked;
import static io.inmesh.balancer.FakeMesh.rejection;
import static io.inmesh.balancer.FakeMesh.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeshTest {

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    /** Counts starts and closes of the resolvers it makes, and never has anything to say. */
    private static final class CountingProvider implements ResolverProvider {
        private final AtomicInteger started = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger startedAfterClose = new AtomicInteger();

        @Override
        public String scheme() {
            return "k8s";
        }

        @Override
        public Resolver newResolver(Target target, Context context) {
            AtomicBoolean isClosed = new AtomicBoolean();
            return new Resolver() {
                @Override
                public void start(Listener listener) {
                    started.incrementAndGet();
                    if (isClosed.get()) {
                        startedAfterClose.incrementAndGet();
                    }
                }

                @Override
                public void close() {
                    isClosed.set(true);
                    closed.incrementAndGet();
                }
            };
        }
    }

    private static Mesh meshOf(ResolverProvider provider) {
        FakeClock clock = new FakeClock();
        return Mesh.builder().resolvers(provider).clock(clock).scheduler(clock).build();
    }

    @Test
    void users_of_one_target_share_one_watch_and_the_last_ones_close_ends_it() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer one = fake.mesh.service(ORDERS);
            LoadBalancer other = fake.mesh.service("ORDERS.shop:http");
            assertThat(fake.cluster.resolvers()).isEqualTo(1);
            fake.orders(e(1));
            assertThat(view(one)).isSameAs(view(other));
            assertThat(fake.mesh.snapshots()).hasSize(1);

            one.close();
            one.close();
            fake.run();
            assertThat(fake.cluster.resolvers()).isEqualTo(1);
            assertThat(picked(other)).isEqualTo(e(1));
            other.close();
            fake.run();
            assertThat(fake.cluster.resolvers()).isZero();
            assertThat(rejection(other).reason()).isEqualTo(Reason.CLOSED);

            LoadBalancer again = fake.mesh.service(ORDERS);
            fake.run();
            assertThat(picked(again)).isEqualTo(e(1));
        }
    }

    @Test
    void people_see_who_won_each_setting_and_what_is_ignored() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.defaults(
                        Map.of("eject.interval", "20s", "slow-start.window", "1m", "eject.consecutive", "9"))
                .service("orders", Map.of("slow-start.window", "2m")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?retry.attempts=2");
            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("policy", "rr", "eject.consecutive", "7")), e(1));
            LoadBalancer.Snapshot shown = orders.snapshot();
            assertThat(shown.settings())
                    .containsExactly(
                            Map.entry("affinity.mode", new LoadBalancer.Setting("off", "annotation")),
                            Map.entry("eject.consecutive", new LoadBalancer.Setting("7", "annotation")),
                            Map.entry("eject.interval", new LoadBalancer.Setting("20s", "application default")),
                            Map.entry("policy", new LoadBalancer.Setting("rr", "annotation")),
                            Map.entry("retry.attempts", new LoadBalancer.Setting("2", "code")),
                            Map.entry("slow-start.window", new LoadBalancer.Setting("2m", "application")));
            assertThat(shown.ignored()).isEmpty();
            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("polcy", "rr")), e(1));
            assertThat(orders.snapshot().settings()).isEqualTo(shown.settings());
            assertThat(orders.snapshot().ignored()).singleElement().asString().contains("polcy");
        }
    }

    @Test
    void other_settings_are_another_balancer() {
        try (FakeMesh fake = new FakeMesh()) {
            fake.mesh.service(ORDERS);
            fake.mesh.service(ORDERS + "?policy=rr");
            fake.mesh.service(fake.mesh.parse(ORDERS), Map.of("policy", "random"));
            fake.mesh.service(fake.mesh.parse(ORDERS), Map.of("Policy", "random"));
            assertThat(fake.mesh.snapshots())
                    .extracting(LoadBalancer.Snapshot::policy)
                    .containsExactlyInAnyOrder("power-of-two", "round-robin", "random");
        }
    }

    @Test
    void targets_that_mean_the_same_port_share_its_endpoints_load() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer byName = fake.mesh.service(ORDERS);
            LoadBalancer byNumber = fake.mesh.service("orders.shop:80");
            fake.orders(e(1));
            fake.cluster.publish("orders.shop:80", FakeMesh.FACTS, List.of(e(1)));
            fake.run();
            Lease lease = lease(byName);
            assertThat(view(byNumber).inFlight()).isEqualTo(1);
            assertThat(fake.mesh.engine().states().size()).isEqualTo(1);

            byName.close();
            fake.run();
            assertThat(view(byNumber).inFlight()).isEqualTo(1);
            lease.complete(Outcome.SUCCESS);
            assertThat(view(byNumber).inFlight()).isZero();
        }
    }

    @Test
    void closing_the_mesh_closes_everything_and_leaves_running_requests_alone() {
        FakeMesh fake = new FakeMesh();
        LoadBalancer orders = fake.mesh.service(ORDERS);
        LoadBalancer waiting = fake.mesh.service("payments.shop");
        waiting.whenReady(Duration.ofMinutes(1));
        fake.orders(e(1));
        Lease running = lease(orders);
        assertThat(fake.clock.timers()).isEqualTo(1);

        fake.close(); // Looks for timers, resolvers and states.
        assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
        assertThat(rejection(waiting).reason()).isEqualTo(Reason.CLOSED);
        assertThat(running.complete(Outcome.SUCCESS)).isTrue();
        assertThatCode(fake.mesh::close).as("again").doesNotThrowAnyException();
        assertThatCode(orders::close).doesNotThrowAnyException();
    }

    @Test
    void a_closed_mesh_gives_no_balancer() {
        FakeMesh fake = new FakeMesh();
        fake.close();
        assertThatThrownBy(() -> fake.mesh.service(ORDERS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the mesh was closed")
                .hasMessageContaining("orders.shop:http");
    }

    @Test
    void a_resolver_is_started_once_and_closed_once_whoever_closes_first() {
        CountingProvider provider = new CountingProvider();
        Mesh mesh = meshOf(provider);
        LoadBalancer orders = mesh.service(ORDERS);
        mesh.close();
        orders.close();
        orders.close();
        assertThat(provider.started).hasValue(1);
        assertThat(provider.closed).hasValue(1);
    }

    @Test
    void a_resolver_that_speaks_while_it_is_closed_changes_nothing() {
        AtomicReference<Resolver.@Nullable Listener> heard = new AtomicReference<>();
        FakeClock clock = new FakeClock();
        HeardEvents events = new HeardEvents();
        Mesh mesh = Mesh.builder()
                .resolvers(new ResolverProvider() {
                    @Override
                    public String scheme() {
                        return "k8s";
                    }

                    @Override
                    public Resolver newResolver(Target target, Context context) {
                        return new Resolver() {
                            @Override
                            public void start(Listener listener) {
                                heard.set(listener);
                            }

                            @Override
                            public void close() {}
                        };
                    }
                })
                .clock(clock)
                .scheduler(clock)
                .observer(events)
                .build();
        LoadBalancer orders = mesh.service(ORDERS);
        Resolver.Listener listener = Objects.requireNonNull(heard.get());
        orders.close();
        listener.onUpdate(EndpointSet.of(FakeMesh.FACTS, 1, List.of(e(1))));
        listener.onUnresolved(new Unresolved(Reason.NOT_FOUND, "gone"));
        clock.runDue();
        assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
        assertThat(events.take()).containsExactly("rejected CLOSED");
        assertThat(mesh.engine().states().size()).isZero();
        mesh.close();
    }

    @Test
    void a_resolver_that_cannot_start_leaves_no_balancer_behind() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Mesh mesh = meshOf(new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                return new Resolver() {
                    @Override
                    public void start(Listener listener) {
                        if (broken.get()) {
                            throw new IllegalStateException("made to");
                        }
                    }

                    @Override
                    public void close() {}
                };
            }
        });
        assertThatThrownBy(() -> mesh.service(ORDERS)).hasMessage("made to");
        assertThat(mesh.snapshots()).isEmpty();
        broken.set(false);
        assertThatCode(() -> mesh.service(ORDERS)).doesNotThrowAnyException();
        mesh.close();
    }

    @Test
    void opening_and_closing_at_once_leaves_no_watch_behind() throws Exception {
        for (int round = 0; round < 200; round++) {
            CountingProvider provider = new CountingProvider();
            Mesh mesh = meshOf(provider);
            int closer = round % 4;
            Together.run(4, thread -> {
                if (thread == closer) {
                    mesh.close();
                    return;
                }
                for (int i = 0; i < 50; i++) {
                    try (LoadBalancer balancer = mesh.service("orders-" + i % 3 + ".shop")) {
                        assertThat(balancer.snapshot().endpoints()).isEmpty();
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("the mesh was closed");
                    }
                }
            });
            assertThat(provider.startedAfterClose)
                    .as("started after being closed")
                    .hasValue(0);
            assertThat(provider.closed).as("closed as often as started").hasValue(provider.started.get());
            assertThat(mesh.snapshots()).isEmpty();
        }
    }

    @Test
    void an_unknown_scheme_is_answered_with_the_known_ones() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.resolvers(new FakeEndpoints("static")))) {
            assertThatThrownBy(() -> fake.mesh.service("consul:///orders"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("target 'consul:///orders'")
                    .hasMessageContaining("nothing resolves scheme 'consul' (known: k8s, static)")
                    .hasMessageContaining("io.inmesh:inmesh-resolver");
            assertThatThrownBy(() -> fake.mesh.service("orders.shop.example.com"))
                    .isInstanceOf(InvalidTargetException.class);
        }
    }

    @Test
    void without_any_resolver_it_says_what_to_add() {
        try (Mesh mesh = Mesh.create()) {
            assertThatThrownBy(() -> mesh.parse("foo:///orders"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("(known: none)")
                    .hasMessageContaining("io.inmesh:inmesh-resolver");
        }
    }

    @Test
    void unknown_policies_and_settings_fail_where_they_are_typed() {
        try (FakeMesh fake = new FakeMesh()) {
            assertThatThrownBy(() -> fake.mesh.service(ORDERS + "?policy=round-robbin"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("policy 'round-robbin' is unknown, did you mean 'round-robin'?");
            assertThatThrownBy(() -> fake.mesh.service(ORDERS + "?polcy=rr"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("setting 'polcy' is unknown, did you mean 'policy'?");
            assertThat(fake.cluster.resolvers()).isZero();
            assertThat(fake.mesh.snapshots()).isEmpty();
        }
        assertThatThrownBy(() -> Mesh.builder().defaults(Map.of("polcy", "rr")))
                .hasMessageContaining("setting 'polcy' is unknown");
        assertThatThrownBy(
                        () -> Mesh.builder().defaults(Map.of("policy", "xyz")).build())
                .hasMessageContaining("settings for all services: policy 'xyz' is unknown");
        assertThatThrownBy(() -> Mesh.builder()
                        .service("orders", Map.of("policy", "xyz"))
                        .build())
                .hasMessageContaining("settings for service orders: policy 'xyz' is unknown");
    }

    @Test
    void the_builder_refuses_what_would_be_lost_silently() {
        assertThatThrownBy(() -> Mesh.builder().resolvers(new FakeEndpoints("k8s"), new FakeEndpoints("k8s")))
                .hasMessage("resolvers: two for scheme 'k8s' (expected: one for each scheme)");
        assertThatThrownBy(() ->
                        Mesh.builder().service("orders.shop", Map.of()).service("Orders.shop", Map.of("policy", "rr")))
                .hasMessage("service 'Orders.shop' is configured twice (expected: once)");
        assertThatThrownBy(() -> Mesh.builder().startupWait(Duration.ofSeconds(-1)))
                .hasMessage("startup-wait: PT-1S (expected: zero or more)");
    }

    @Test
    void the_applications_settings_are_found_whatever_their_case() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.service("Orders.Shop", Map.of("policy", "Round_Robin")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(e(1));
            assertThat(orders.snapshot().policy()).isEqualTo("round-robin");
            assertThat(orders.snapshot().policySource()).isEqualTo("application");
        }
    }

    @Test
    void defaults_of_the_application_are_outranked_by_the_services_owner() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.defaults(Map.of("policy", "random")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            assertThat(orders.snapshot().policySource()).isEqualTo("application default");
            fake.orders(FakeMesh.annotated("rr"), e(1));
            assertThat(orders.snapshot().policy()).isEqualTo("round-robin");
            assertThat(orders.snapshot().policySource()).isEqualTo("annotation");
        }
    }

    @Test
    void an_observer_that_throws_breaks_nothing() {
        BalancerObserver broken = new BalancerObserver() {
            @Override
            public void setChanged(Target target, EndpointSet set) {
                throw new IllegalStateException("made to");
            }

            @Override
            public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                throw new IllegalStateException("made to");
            }

            @Override
            public void rejected(Target target, io.inmesh.api.Rejection rejection) {
                throw new IllegalStateException("made to");
            }
        };
        try (HeardLog log = new HeardLog();
                FakeMesh fake = new FakeMesh(builder -> builder.observer(broken))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            assertThat(rejection(orders).reason()).isEqualTo(Reason.NOT_SYNCED);
            fake.orders(e(1));
            Lease lease = lease(orders);
            assertThat(lease.complete(Outcome.SUCCESS)).isTrue();
            assertThat(view(orders).inFlight()).isZero();
            assertThat(fake.events.take())
                    .containsExactly(
                            "rejected NOT_SYNCED",
                            "set 1",
                            "picker power-of-two 1",
                            "completed 10.0.0.1:8080 Success[] -1");
            assertThat(log.lines("failed; its further failures are not logged")).hasSize(1);
        }
    }

    @Test
    void a_closed_handle_stays_closed_for_its_target_only() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(e(1));
            assertThat(orders.target()).isEqualTo(Target.parse(ORDERS));
            assertThat(orders).hasToString("LoadBalancer[k8s:///orders.shop:http]");
            orders.close();
            LoadBalancer next = fake.mesh.service(ORDERS);
            fake.run();
            assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
            assertThat(picked(next)).isEqualTo(e(1));
        }
    }

    @Test
    void the_startup_wait_is_ten_seconds_unless_said_otherwise() {
        try (FakeMesh fake = new FakeMesh();
                FakeMesh brief = new FakeMesh(builder -> builder.startupWait(Duration.ofSeconds(1)))) {
            assertThat(fake.mesh.startupWait()).hasSeconds(10);
            assertThat(brief.mesh.startupWait()).hasSeconds(1);
        }
    }

    @Test
    void observers_are_told_once_how_fresh_each_resolver_s_data_are_and_may_ask_at_any_time() {
        List<WatchAge> fresh = new CopyOnWriteArrayList<>();
        ResolverProvider provider = new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                return new Resolver() {
                    @Override
                    public void start(Listener listener) {}

                    @Override
                    public List<WatchAge> ages() {
                        return List.copyOf(fresh);
                    }

                    @Override
                    public void close() {}
                };
            }
        };
        Map<Target, Supplier<List<WatchAge>>> watched = new LinkedHashMap<>();
        BalancerObserver observer = new BalancerObserver() {
            @Override
            public void watching(Target target, Supplier<List<WatchAge>> ages) {
                assertThat(watched.put(target, ages)).isNull();
            }
        };
        FakeClock clock = new FakeClock();
        try (Mesh mesh = Mesh.builder()
                .resolvers(provider)
                .clock(clock)
                .scheduler(clock)
                .observer(observer)
                .build()) {
            LoadBalancer one = mesh.service(ORDERS);
            LoadBalancer other = mesh.service(ORDERS);
            clock.runDue();
            Supplier<List<WatchAge>> ages =
                    Objects.requireNonNull(watched.get(Target.parse(ORDERS)), "ages of " + ORDERS);
            assertThat(watched).hasSize(1);
            assertThat(ages.get()).isEmpty();
            fresh.add(new WatchAge("services of orders in namespace shop", Duration.ofSeconds(3), true));
            assertThat(ages.get()).isEqualTo(fresh);
            one.close();
            other.close();
        }
    }
}
