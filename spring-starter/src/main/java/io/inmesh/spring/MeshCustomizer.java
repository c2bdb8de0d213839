package io.inmesh.spring;

import io.inmesh.balancer.MeshBuilder;

/**
 * Says of the application's mesh what properties cannot: weights from code, a prober, in tests a clock. Beans of this type are called in order,
 * after the properties, before the mesh is built.
 *
 * <pre>{@code
 * @Bean
 * MeshCustomizer weights() {
 *     return builder -> builder.weights(endpoint -> "zone-a".equals(endpoint.locality().zone()) ? 2 : 1);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface MeshCustomizer {

    /** Changes the builder. What it throws ends start-up. */
    void customize(MeshBuilder builder);
}
