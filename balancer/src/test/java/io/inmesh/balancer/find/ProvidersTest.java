package io.inmesh.balancer.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.engine.Policies;
import io.inmesh.balancer.testing.LowestAddress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // What is opened is there for its time alone.
class ProvidersTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_thread_whose_loader_sees_nothing_finds_what_the_library_sees() {
        try (ContextLoader unused = ContextLoader.of(ClassLoader.getPlatformClassLoader())) {
            assertThat(Providers.of(PickerFactory.class)).hasOnlyElementsOfType(LowestAddress.class);
            assertThat(Policies.load().named("lowest")).isInstanceOf(LowestAddress.class);
        }
        try (ContextLoader unused = ContextLoader.of(null)) {
            assertThat(Providers.of(PickerFactory.class)).hasSize(1);
        }
    }

    @Test
    void what_both_loaders_see_is_there_once_and_what_the_threads_alone_sees_as_well() throws IOException {
        try (ContextLoader unused = ContextLoader.with(folder, PickerFactory.class, HighestAddress.class)) {
            assertThat(Providers.of(PickerFactory.class))
                    .extracting(factory -> (Object) factory.getClass())
                    .containsExactly(LowestAddress.class, HighestAddress.class);
        }
    }
}
