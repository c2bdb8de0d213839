package io.inmesh.resolver.kubernetes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file or folder that a system property names for tests to run on, in place of what is on the class path. */
public final class GivenPlace {
    private GivenPlace() {}

    /**
     * Where it is. Tests run in the folder of their module, while people type a path relative to where they call Maven: one that is not
     * found from here is looked for from there.
     *
     * @return null if nothing is named
     */
    public static @Nullable Path of(String property) {
        String said = System.getProperty(property);
        if (said == null || said.isBlank()) {
            return null;
        }
        Path here = Path.of(said);
        Path above = Objects.requireNonNullElse(Path.of("").toAbsolutePath().getParent(), Path.of(""));
        return Files.exists(here) ? here : above.resolve(here);
    }
}
