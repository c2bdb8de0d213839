package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Channels of Spring gRPC, made by Boot from {@code spring.grpc.client.*}, on real servers. */
class SpringGrpcTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final List<GrpcPod> pods = List.of(GrpcPod.start(41), GrpcPod.start(42), GrpcPod.start(43));
    private final ApplicationContextRunner context = Contexts.with(cluster)
            .withConfiguration(AutoConfigurations.of(
                    GrpcClientAutoConfiguration.class,
                    CompositeChannelFactoryAutoConfiguration.class,
                    InmeshGrpcAutoConfiguration.class))
            .withPropertyValues(
                    "spring.grpc.client.channel.orders.target=k8s:///orders.shop:grpc",
                    "inmesh.services.orders.shop.policy=rr");

    @BeforeEach
    void publish() {
        cluster.publish(
                "orders.shop:grpc",
                pods.get(0).endpoint(),
                pods.get(1).endpoint(),
                pods.get(2).endpoint());
    }

    @AfterEach
    void stop() {
        pods.forEach(GrpcPod::close);
    }

    private static List<String> names(ManagedChannel channel, int calls) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            names.add(GrpcPod.nameOf(channel));
        }
        return names;
    }

    private static void assertBalanced(ManagedChannel channel) {
        List<String> names = names(channel, 60);
        // A call that waits for a connection takes another turn.
        assertThat(List.of("pod-41", "pod-42", "pod-43"))
                .allSatisfy(
                        name -> assertThat(Collections.frequency(names, name)).isBetween(18, 22));
    }

    @Test
    @EnabledIfSystemProperty(named = "tested.grpc.version", matches = ".+", disabledReason = "no version is asked for")
    void channels_are_of_the_version_of_grpc_that_was_asked_for() {
        assertThat(ManagedChannel.class.getPackage().getImplementationVersion())
                .isEqualTo(System.getProperty("tested.grpc.version"));
    }

    @Test
    void a_channel_that_properties_name_is_balanced_by_the_applications_mesh_and_so_is_a_target_in_code() {
        context.run(started -> {
            GrpcChannelFactory channels = started.getBean(GrpcChannelFactory.class);
            assertBalanced(channels.createChannel("orders"));
            assertBalanced(channels.createChannel("k8s:///orders.shop:grpc"));
        });
    }

    @Test
    void a_channel_shares_endpoints_with_the_other_doors_and_ends_with_the_context_without_a_word() {
        AtomicReference<ManagedChannel> made = new AtomicReference<>();
        context.run(started -> {
            ManagedChannel channel = started.getBean(GrpcChannelFactory.class).createChannel("orders");
            made.set(channel);
            names(channel, 3);
            try (LoadBalancer orders = started.getBean(Mesh.class).service("orders.shop:grpc")) {
                Awaitility.await()
                        .untilAsserted(
                                () -> assertThat(orders.snapshot().endpoints()).hasSize(3));
            }
            assertThat(cluster.resolvers()).isPositive();
        });
        assertThat(made.get()).isNotNull().returns(true, ManagedChannel::isShutdown);
        Awaitility.await().untilAsserted(() -> assertThat(cluster.resolvers()).isZero());
    }

    @Test
    void a_channel_reaches_endpoints_that_properties_list() {
        context.withPropertyValues("inmesh.services.orders.shop.endpoints="
                        + pods.get(0).endpoint().address())
                .run(started -> assertThat(
                                names(started.getBean(GrpcChannelFactory.class).createChannel("orders"), 3))
                        .containsOnly("pod-41"));
    }

    @Test
    void a_target_that_is_not_ours_is_left_alone() {
        context.withPropertyValues("spring.grpc.client.channel.plain.target=static://127.0.0.41:"
                        + pods.get(0).port())
                .run(started -> {
                    ManagedChannel plain =
                            started.getBean(GrpcChannelFactory.class).createChannel("plain");
                    assertThat(names(plain, 3)).containsOnly("pod-41");
                    assertThat(cluster.resolvers()).isZero();
                });
    }

    @Test
    void settings_in_the_target_come_before_properties() {
        context.withPropertyValues("spring.grpc.client.channel.one.target=k8s:///orders.shop:grpc?policy=first")
                .run(started -> assertThat(
                                names(started.getBean(GrpcChannelFactory.class).createChannel("one"), 9))
                        .containsOnly("pod-41"));
    }

    @Test
    void without_spring_grpc_and_without_a_mesh_nothing_is_configured() {
        Contexts.with(cluster)
                .withConfiguration(AutoConfigurations.of(InmeshGrpcAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.grpc"))
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(InmeshGrpcAutoConfiguration.class));
        context.withPropertyValues("inmesh.enabled=false")
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean("inmeshGrpcChannels"));
        context.run(started -> assertThat(started.getBeansOfType(GrpcChannelBuilderCustomizer.class))
                .containsKey("inmeshGrpcChannels"));
    }
}
