package io.inmesh.spring.testing;

import io.inmesh.api.ResolverProvider;
import io.inmesh.spring.MeshCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts an application's mesh into a {@link FakeCluster}; everything else of inmesh, its properties among it, stays as in production.
 *
 * <pre>{@code
 * @SpringBootTest
 * @Import(FakeClusterConfiguration.class)
 * class OrdersTest {
 *     @Autowired
 *     FakeCluster cluster;
 * }
 * }</pre>
 */
@Configuration(proxyBeanMethods = false)
public class FakeClusterConfiguration {

    /** For {@code @Import}. */
    public FakeClusterConfiguration() {}

    @Bean
    FakeCluster fakeCluster() {
        return new FakeCluster();
    }

    @Bean
    ResolverProvider fakeClusterResolvers(FakeCluster cluster) {
        return cluster.resolvers();
    }

    @Bean
    MeshCustomizer fakeClusterTime(FakeCluster cluster) {
        return cluster::inFakeTime;
    }
}
