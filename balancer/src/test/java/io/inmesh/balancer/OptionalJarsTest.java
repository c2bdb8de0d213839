package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.LoadBalancer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** In the run without optional jars they are truly absent, and a mesh needs none of them. */
@EnabledIfSystemProperty(named = "inmesh.absent", matches = ".+", disabledReason = "this run has the optional jars")
class OptionalJarsTest {

    @Test
    void optional_jars_are_not_on_the_class_path() {
        String[] absent = System.getProperty("inmesh.absent", "").split(",");
        assertThat(absent).isNotEmpty();
        for (String name : absent) {
            assertThatThrownBy(() -> Class.forName(name)).as(name).isInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void a_mesh_is_made_without_them() {
        try (FakeMesh fake = new FakeMesh();
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS)) {
            assertThat(orders.snapshot().endpoints()).isEmpty();
        }
    }

    @Test
    void a_check_that_needs_one_of_them_is_refused_with_its_coordinate() {
        assertThatThrownBy(() -> new FakeMesh(builder -> builder.defaults(Map.of("check.mode", "grpc"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("check.mode: grpc (expected: io.grpc:grpc-services");
    }
}
