package io.inmesh.spring;

import io.grpc.ManagedChannelBuilder;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.grpc.MeshChannels;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Spring gRPC's channels belong to the application's mesh: those with targets such as {@code k8s:///orders.shop:grpc} hear its properties and
 * observers. Channels with other targets stay as they are.
 */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnClass({GrpcChannelBuilderCustomizer.class, ManagedChannelBuilder.class})
@ConditionalOnBean(Mesh.class)
public final class InmeshGrpcAutoConfiguration {

    @Bean
    <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> inmeshChannels(ObjectProvider<Mesh> mesh) {
        return (target, builder) -> builder.setNameResolverArg(MeshChannels.MESH, mesh.getObject());
    }
}
