package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.balancer.testing.OpenWatchings;
import org.junit.jupiter.api.Test;

/** Observers hear of each watching of the mesh's own door that it ends, once. */
class WatchingsTest {
    private static final String FIRST = Target.parse(FakeMesh.ORDERS) + " #1";
    private static final String SECOND = Target.parse(FakeMesh.ORDERS) + " #2";

    private final OpenWatchings watchings = new OpenWatchings();

    private FakeMesh mesh() {
        return new FakeMesh(builder -> builder.observer(watchings));
    }

    @Test
    void a_watching_ends_once_with_the_last_user_of_its_balancer_and_the_next_user_begins_another() {
        try (FakeMesh mesh = mesh()) {
            LoadBalancer one = mesh.mesh.service(FakeMesh.ORDERS);
            LoadBalancer other = mesh.mesh.service(FakeMesh.ORDERS);
            one.close();
            one.close();
            mesh.run();
            assertThat(watchings.begun()).isEqualTo(1);
            assertThat(watchings.ended()).isEmpty();
            other.close();
            mesh.run();
            assertThat(watchings.ended()).containsExactly(FIRST);
            LoadBalancer again = mesh.mesh.service(FakeMesh.ORDERS);
            again.close();
            mesh.run();
            assertThat(watchings.begun()).isEqualTo(2);
            assertThat(watchings.ended()).containsExactly(FIRST, SECOND);
        }
        assertThat(watchings.ended()).as("closing the mesh ends nothing twice").hasSize(2);
    }

    @Test
    void a_mesh_that_closes_ends_what_its_balancers_watch() {
        FakeMesh mesh = mesh();
        LoadBalancer balancer = mesh.mesh.service(FakeMesh.ORDERS);
        mesh.close();
        assertThat(watchings.ended()).containsExactly(FIRST);
        balancer.close();
        assertThat(watchings.ended()).hasSize(1);
    }

    @Test
    void a_resolver_that_cannot_begin_ends_what_was_told_of_it() {
        ResolverProvider failing = new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                return new Resolver() {
                    @Override
                    public void start(Listener listener) {
                        throw new InvalidTargetException("never");
                    }

                    @Override
                    public void close() {}
                };
            }
        };
        try (Mesh mesh = Mesh.builder().resolvers(failing).observer(watchings).build()) {
            assertThatThrownBy(() -> mesh.service(FakeMesh.ORDERS)).hasMessageContaining("never");
            assertThat(watchings.begun()).isEqualTo(1);
            assertThat(watchings.ended()).containsExactly(FIRST);
        }
    }
}
