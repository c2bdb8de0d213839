package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

/** A context that was processed ahead of time, as for native images, is the same context. */
class AheadOfTimeTest {
    private static final String[] PROPERTIES = {
        "inmesh.defaults.policy=round-robin", "inmesh.kubernetes.network=inside", "inmesh.warm.for-at-most=3s"
    };

    @Test
    @CompileWithForkedClassLoader
    void the_mesh_of_a_processed_context_is_configured_as_ever() {
        AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(PROPERTIES).applyTo(written);
        written.register(InmeshAutoConfiguration.class);
        TestGenerationContext generation = new TestGenerationContext();
        var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
        generation.writeGeneratedContent();
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(InmeshProperties.Kubernetes.class)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
                .accepts(generation.getRuntimeHints());
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext started = new GenericApplicationContext()) {
                TestPropertyValues.of(PROPERTIES).applyTo(started);
                @SuppressWarnings("unchecked") // The generator says so.
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                generated.initialize(started);
                started.refresh();
                Mesh mesh = started.getBean(Mesh.class);
                try (LoadBalancer orders = mesh.service("static:///127.0.0.1:8080")) {
                    assertThat(orders.snapshot().policy()).isEqualTo("round-robin");
                }
                assertThat(started.getBean(InmeshProperties.class).warm().forAtMost())
                        .isEqualTo(Duration.ofSeconds(3));
                assertThat(started.getBean(MeshLifecycle.class).isRunning()).isTrue();
            }
        });
    }
}
