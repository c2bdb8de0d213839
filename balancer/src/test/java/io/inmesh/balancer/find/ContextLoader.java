package io.inmesh.balancer.find;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another context class loader for this thread, until it is closed. */
public final class ContextLoader implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final @Nullable ClassLoader before = thread.getContextClassLoader();

    private ContextLoader() {}

    /** That one. */
    public static ContextLoader of(@Nullable ClassLoader loader) {
        ContextLoader current = new ContextLoader();
        current.thread.setContextClassLoader(loader);
        return current;
    }

    /** One that sees all that this class sees, and one more service file, written into that folder. */
    public static ContextLoader with(Path folder, Class<?> service, Class<?> provider) throws IOException {
        Path file = Files.writeString(folder.resolve(service.getName()), provider.getName());
        return of(new WithFile(
                "META-INF/services/" + service.getName(), file.toUri().toURL()));
    }

    @Override
    public void close() {
        thread.setContextClassLoader(before);
    }

    private static final class WithFile extends ClassLoader {
        private final String name;
        private final URL file;

        private WithFile(String name, URL file) {
            super(ContextLoader.class.getClassLoader());
            this.name = name;
            this.file = file;
        }

        @Override
        protected Enumeration<URL> findResources(String wanted) {
            return Collections.enumeration(wanted.equals(name) ? List.of(file) : List.of());
        }
    }
}
