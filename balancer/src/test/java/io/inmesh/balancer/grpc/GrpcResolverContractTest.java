package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.inmesh.api.Endpoint;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What gRPC's documentation of {@link NameResolver} asks of a resolver, sentence by sentence. */
class GrpcResolverContractTest {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final AtomicReference<@Nullable RuntimeException> refusal = new AtomicReference<>();
    private final AtomicReference<@Nullable RuntimeException> badStart = new AtomicReference<>();
    private final AtomicBoolean parserRefuses = new AtomicBoolean();
    private final Mesh mesh =
            Mesh.builder().resolvers(new Moody()).clock(clock).scheduler(clock).build();
    private final SynchronizationContext context = new SynchronizationContext((thread, error) -> {
        throw new AssertionError("the resolver threw, which would end the channel", error);
    });
    private final List<NameResolver> made = new ArrayList<>();
    private final Heard heard = new Heard();

    /** The cluster, unless its surroundings do not allow it to be watched. */
    private final class Moody implements ResolverProvider {
        @Override
        public String scheme() {
            return cluster.scheme();
        }

        @Override
        public Resolver newResolver(Target target, Context unused) {
            RuntimeException refused = refusal.get();
            if (refused != null) {
                throw refused;
            }
            RuntimeException thrown = badStart.get();
            return thrown == null ? cluster.newResolver(target, unused) : new Stuck(thrown);
        }
    }

    /** Does not start. */
    private record Stuck(RuntimeException thrown) implements Resolver {
        @Override
        public void start(Listener listener) {
            throw thrown;
        }

        @Override
        public void close() {}
    }

    /** Keeps what the channel is told, as text. */
    private static final class Heard extends NameResolver.Listener2 {
        private final List<String> said = new ArrayList<>();
        private boolean steered;

        @Override
        public Status onResult2(NameResolver.ResolutionResult result) {
            steered = result.getAttributes().get(InternalConfigSelector.KEY) != null;
            StatusOr<List<EquivalentAddressGroup>> addresses = result.getAddressesOrError();
            said.add(
                    addresses.hasValue()
                            ? addresses.getValue().stream()
                                    .map(group -> Addresses.endpointOf(group).address())
                                    .toList()
                                    .toString()
                            : addresses.getStatus().getCode() + ": "
                                    + addresses.getStatus().getDescription());
            return Status.UNAVAILABLE.withDescription("no policy wants these"); // What a resolver may be told.
        }

        @Override
        public void onResult(NameResolver.ResolutionResult result) {
            throw new AssertionError("the older way, which newer resolvers are not to use");
        }

        @Override
        public void onError(Status error) {
            throw new AssertionError("the older way, which newer resolvers are not to use");
        }

        List<String> take() {
            List<String> taken = List.copyOf(said);
            said.clear();
            return taken;
        }
    }

    private enum NoProxy implements ProxyDetector {
        INSTANCE;

        @Override
        public @Nullable ProxiedSocketAddress proxyFor(SocketAddress address) {
            return null;
        }
    }

    @AfterEach
    void close() {
        made.forEach(resolver -> context.execute(resolver::shutdown));
        mesh.close();
    }

    private NameResolver.Args.Builder args() {
        return NameResolver.Args.newBuilder()
                .setDefaultPort(443)
                .setProxyDetector(NoProxy.INSTANCE)
                .setSynchronizationContext(context)
                .setServiceConfigParser(new NameResolver.ServiceConfigParser() {
                    @Override
                    public ConfigOrError parseServiceConfig(Map<String, ?> config) {
                        return parserRefuses.get()
                                ? ConfigOrError.fromError(Status.INVALID_ARGUMENT.withDescription("no such policy"))
                                : ConfigOrError.fromConfig(config);
                    }
                });
    }

    private NameResolver resolver(String target) {
        return resolver(target, mesh);
    }

    private NameResolver resolver(String target, Mesh of) {
        NameResolver.Args args = args().setArg(MeshChannels.MESH, of).build();
        NameResolver resolver =
                Objects.requireNonNull(new K8sNameResolverProvider().newNameResolver(URI.create(target), args));
        made.add(resolver);
        return resolver;
    }

    private NameResolver started() {
        NameResolver resolver = resolver(GrpcDoor.ORDERS);
        context.execute(() -> resolver.start(heard));
        return resolver;
    }

    @Test
    void the_authority_is_there_before_the_start_and_the_same_for_the_same_target_for_ever() {
        NameResolver resolver = resolver(GrpcDoor.ORDERS);
        assertThat(resolver.getServiceAuthority()).isEqualTo("orders.shop");
        assertThat(resolver(GrpcDoor.ORDERS).getServiceAuthority()).isEqualTo("orders.shop");

        context.execute(() -> resolver.start(heard));
        cluster.publish(GrpcDoor.ORDERS, A);
        context.execute(resolver::shutdown);
        assertThat(resolver.getServiceAuthority()).isEqualTo("orders.shop");
    }

    @Test
    void a_target_of_another_scheme_is_left_to_others_whatever_else_it_says() {
        assertThat(new K8sNameResolverProvider().newNameResolver(URI.create("dns:///orders.shop:grpc"), args().build()))
                .isNull();
        assertThat(MeshLoan.users()).isZero();
    }

    @Test
    void every_update_is_told_and_what_a_policy_thinks_of_it_changes_nothing() {
        cluster.publish(GrpcDoor.ORDERS, A);
        started();
        assertThat(heard.take()).containsExactly("[10.0.0.1:80]");

        cluster.publish(GrpcDoor.ORDERS, A, B);
        cluster.publish(GrpcDoor.ORDERS);
        cluster.publish(GrpcDoor.ORDERS, B);
        assertThat(heard.take()).containsExactly("[10.0.0.1:80, 10.0.0.2:80]", "[]", "[10.0.0.2:80]");
    }

    @Test
    void an_error_is_told_while_nothing_is_known_and_never_again_after() {
        started();
        assertThat(heard.take()).as("there may be an answer in a moment").isEmpty();
        cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "the API is away"));
        clock.advance(Duration.ofSeconds(10));
        assertThat(heard.take()).containsExactly("UNAVAILABLE: NOT_SYNCED: the API is away");

        cluster.publish(GrpcDoor.ORDERS, A);
        cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "the API is away"));
        clock.advance(Duration.ofHours(1));
        assertThat(heard.take()).containsExactly("[10.0.0.1:80]");
    }

    @Test
    void a_hint_to_look_again_is_only_a_hint() {
        NameResolver resolver = started();
        cluster.publish(GrpcDoor.ORDERS, A);
        heard.take();

        for (int i = 0; i < 3; i++) {
            context.execute(resolver::refresh);
        }

        assertThat(cluster.refreshes()).isEqualTo(3);
        assertThat(cluster.resolvers()).isEqualTo(1);
        assertThat(heard.take()).isEmpty();
    }

    @Test
    void after_the_shutdown_nothing_is_told_and_nothing_is_watched() {
        NameResolver resolver = started();
        cluster.publish(GrpcDoor.ORDERS, A);
        heard.take();

        context.execute(resolver::shutdown);
        assertThat(cluster.resolvers()).isZero();
        cluster.publish(GrpcDoor.ORDERS, B);
        context.execute(resolver::refresh);
        context.execute(resolver::shutdown);
        clock.advance(Duration.ofHours(1));

        assertThat(heard.take()).isEmpty();
        assertThat(cluster.resolvers()).isZero();
    }

    @Test
    void neither_the_start_nor_a_hint_throws_whatever_the_source_does_and_calls_fail_with_its_words() {
        cluster.publish(GrpcDoor.ORDERS, A);
        refusal.set(new IllegalStateException("no kubeconfig was found"));
        NameResolver resolver = resolver(GrpcDoor.ORDERS);

        refusal.set(new UnsupportedOperationException("this file system has no links"));
        context.execute(() -> resolver.start(heard));
        assertThat(heard.take())
                .containsExactly("UNAVAILABLE: NOT_SYNCED: k8s:///orders.shop:grpc: this file system has no links");
        refusal.set(new InvalidTargetException("that kind of target is not served"));
        context.execute(resolver::refresh);
        assertThat(heard.take())
                .containsExactly("UNAVAILABLE: NOT_SYNCED: k8s:///orders.shop:grpc: that kind of target is not served");

        refusal.set(null);
        context.execute(resolver::refresh);
        assertThat(heard.take()).containsExactly("[10.0.0.1:80]");
    }

    @Test
    void a_source_that_throws_at_its_start_is_not_kept_and_tried_again() {
        Watched watched = new Watched();
        try (Mesh seen = meshWith(watched)) {
            cluster.publish(GrpcDoor.ORDERS, A);
            refusal.set(new IllegalStateException("no kubeconfig was found"));
            NameResolver resolver = resolver(GrpcDoor.ORDERS, seen);
            refusal.set(null);

            badStart.set(new UnsupportedOperationException("no thread can be started"));
            context.execute(() -> resolver.start(heard));
            assertThat(heard.take())
                    .containsExactly("UNAVAILABLE: NOT_SYNCED: k8s:///orders.shop:grpc: no thread can be started");
            badStart.set(new IllegalStateException("no API"));
            context.execute(resolver::refresh);
            assertThat(heard.take()).containsExactly("UNAVAILABLE: NOT_SYNCED: k8s:///orders.shop:grpc: no API");
            assertThat(watched.open).isEmpty();

            badStart.set(null);
            context.execute(resolver::refresh);
            assertThat(heard.take()).containsExactly("[10.0.0.1:80]");
            assertThat(watched.open).hasSize(1);
            context.execute(resolver::shutdown);
            assertThat(watched.open).isEmpty();
        }
    }

    /** Which watchings observers know of. */
    private static final class Watched implements BalancerObserver {
        private final List<Object> open = new ArrayList<>();

        @Override
        public void watching(Target target, Supplier<List<WatchAge>> ages) {
            open.add(ages);
        }

        @Override
        public void unwatched(Target target, Supplier<List<WatchAge>> ages) {
            open.remove(ages);
        }
    }

    @Test
    void settings_that_grpc_does_not_take_are_what_calls_fail_with() {
        cluster.publish(GrpcDoor.ORDERS, A);
        parserRefuses.set(true);
        NameResolver resolver = started();
        assertThat(heard.take())
                .singleElement(STRING)
                .startsWith("UNAVAILABLE: k8s:///orders.shop:grpc: gRPC does not take")
                .contains("no such policy");

        parserRefuses.set(false);
        cluster.publish(GrpcDoor.ORDERS, A, B);
        context.execute(resolver::refresh);
        assertThat(heard.take()).containsExactly("[10.0.0.1:80, 10.0.0.2:80]");
    }

    @Test
    void what_can_never_be_resolved_fails_when_the_channel_is_built() {
        refusal.set(new InvalidTargetException("that kind of target is not served"));
        assertThatThrownBy(() -> resolver(GrpcDoor.ORDERS)).hasMessage("that kind of target is not served");
        assertThatThrownBy(() -> resolver("k8s:///orders.shop:grpc?polcy=random"))
                .hasMessageContaining("setting 'polcy' is unknown, did you mean 'policy'?");
    }

    private boolean isSteered(String settings, Mesh of) {
        NameResolver resolver = resolver(GrpcDoor.ORDERS + settings, of);
        context.execute(() -> resolver.start(heard));
        return heard.steered;
    }

    @Test
    void a_channel_gets_a_config_selector_only_where_something_is_to_be_done_for_calls_as_a_whole() {
        cluster.publish(GrpcDoor.ORDERS, A);
        assertThat(isSteered("", mesh)).isTrue();
        assertThat(isSteered("?retry.attempts=1", mesh)).isFalse();
        assertThat(isSteered("?retry.attempts=1&retry.deadline=1s", mesh)).isTrue();
        assertThat(isSteered("?retry.attempts=2", mesh)).isTrue();
        try (Mesh counted = meshWith(new BalancerObserver() {})) {
            assertThat(isSteered("?retry.attempts=1", counted)).isTrue();
        }
        try (Mesh uncounted = meshWith(BalancerObserver.NONE)) {
            assertThat(isSteered("?retry.attempts=1", uncounted)).isFalse();
        }
    }

    private Mesh meshWith(BalancerObserver observer) {
        return Mesh.builder()
                .resolvers(new Moody())
                .clock(clock)
                .scheduler(clock)
                .observer(observer)
                .build();
    }

    @Test
    void a_config_selector_comes_and_goes_with_what_asks_for_it() {
        ServiceFacts facts = ServiceFacts.of(GrpcDoor.KEY);
        cluster.publish(GrpcDoor.ORDERS, facts, List.of(A));
        started();
        assertThat(heard.steered).isTrue();
        cluster.publish(GrpcDoor.ORDERS, facts.withAnnotations(Map.of("retry.attempts", "1")), List.of(A));
        assertThat(heard.steered).isFalse();
        cluster.publish(GrpcDoor.ORDERS, facts, List.of(A));
        assertThat(heard.steered).isTrue();
    }
}
