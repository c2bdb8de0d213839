package io.inmesh.samples.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StartUpTest {

    @Test
    void the_application_starts_with_the_starter_and_without_it() throws Exception {
        ClassPath with = ClassPath.ofThisProcess();
        ClassPath without = with.withoutStarter();
        assertThat(without.toString()).contains("spring-webmvc", "tomcat", "micrometer");
        assertThat(without.toString()).doesNotContain("spring-starter", "resilience4j", "fabric8", "netty");
        assertThat(with.starterLast().entries())
                .startsWith(without.entries().toArray(String[]::new))
                .containsExactlyInAnyOrderElementsOf(with.entries());
        assertThat(with.starterFirst().entries())
                .endsWith(without.entries().toArray(String[]::new))
                .containsExactlyInAnyOrderElementsOf(with.entries());
        for (ClassPath each : List.of(with.starterLast(), without)) {
            Start start = Start.of(each);
            assertThat(start.wallMillis()).isPositive();
            assertThat(start.cpuMillis()).isPositive();
        }
    }

    @Test
    void a_median_is_the_middle_one_or_between_the_two_in_the_middle() {
        assertThat(Sample.of(List.of(3L, 1L, 9L), Long::longValue).median()).isEqualTo(3);
        assertThat(Sample.of(List.of(3L, 1L, 9L, 4L), Long::longValue).median()).isEqualTo(3.5);
    }

    @Test
    void a_number_of_rounds_that_says_nothing_is_refused() {
        assertThatThrownBy(() -> StartUp.main(new String[] {"3"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rounds: 3 (expected: 9 or more)");
    }
}
