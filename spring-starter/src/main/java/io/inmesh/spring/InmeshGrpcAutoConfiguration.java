package io.inmesh.spring;

import io.grpc.ManagedChannelBuilder;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.grpc.MeshChannels;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Channels that Spring gRPC makes belong to the application's mesh: with a target such as {@code k8s:///orders.shop:grpc} they see what its
 * properties say, and share endpoints' states with the other doors. Other targets are left as they are.
 *
 * <p>Channels are made from the customizer, so Spring closes them before the mesh.
 */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnClass({GrpcChannelBuilderCustomizer.class, ManagedChannelBuilder.class})
@ConditionalOnBean(Mesh.class)
public final class InmeshGrpcAutoConfiguration {

    @Bean
    <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> inmeshGrpcChannels(Mesh mesh) {
        return (target, builder) -> builder.setNameResolverArg(MeshChannels.MESH, mesh);
    }
}
