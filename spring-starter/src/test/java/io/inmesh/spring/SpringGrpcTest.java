package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannelBuilder;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Channels that Spring gRPC makes, to pods. */
class SpringGrpcTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final GrpcPod first = GrpcPod.start(71);
    private final GrpcPod second = GrpcPod.start(72);
    private final ApplicationContextRunner context = Contexts.all()
            .withConfiguration(
                    AutoConfigurations.of(GrpcClientAutoConfiguration.class, InmeshGrpcAutoConfiguration.class))
            .withPropertyValues("spring.grpc.client.channel.orders.target=k8s:///orders.shop:grpc");

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static Set<String> reached(ApplicationContext started, String channel) {
        var orders = started.getBean(GrpcChannelFactory.class).createChannel(channel);
        Set<String> pods = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            pods.add(GrpcPod.reachedBy(orders));
        }
        return pods;
    }

    @Test
    void a_named_channel_reaches_the_pods_of_the_applications_mesh() {
        cluster.publish("orders.shop:grpc", first.endpoint(), second.endpoint());
        Set<String> policies = ConcurrentHashMap.newKeySet();
        context.withBean("cluster", ResolverProvider.class, () -> cluster)
                .withBean(BalancerObserver.class, () -> new BalancerObserver() {
                    @Override
                    public void pickerPublished(Target target, String policy, int candidates) {
                        policies.add(policy);
                    }
                })
                .withPropertyValues("inmesh.services.orders.shop.policy=round-robin")
                .run(started -> {
                    assertThat(reached(started, "orders")).containsExactly("pod-71", "pod-72");
                    assertThat(policies).as("its properties and observers hold").containsExactly("round-robin");
                });
    }

    @Test
    void a_channel_by_target_reaches_endpoints_that_properties_list() {
        context.withPropertyValues("inmesh.services.orders.shop.endpoints=%s,%s"
                        .formatted(first.endpoint().address(), second.endpoint().address()))
                .run(started ->
                        assertThat(reached(started, "k8s:///orders.shop:grpc")).containsExactly("pod-71", "pod-72"));
    }

    @Test
    void channels_to_other_targets_stay_as_they_are() {
        context.run(started -> assertThat(
                        reached(started, "static://" + first.endpoint().address()))
                .as("Spring's own scheme, with two slashes")
                .containsExactly("pod-71"));
    }

    @Test
    void nothing_is_done_where_spring_grpc_is_not_or_the_mesh_is_off() {
        context.withPropertyValues("inmesh.enabled=false").run(started -> {
            assertThat(started).doesNotHaveBean("inmeshChannels");
            assertThat(started).hasSingleBean(GrpcChannelFactory.class);
        });
        Contexts.all()
                .withConfiguration(AutoConfigurations.of(InmeshGrpcAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(GrpcChannelBuilderCustomizer.class))
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean("inmeshChannels"));
        Contexts.all()
                .withConfiguration(AutoConfigurations.of(InmeshGrpcAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(ManagedChannelBuilder.class))
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean("inmeshChannels"));
    }
}
