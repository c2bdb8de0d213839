package io.inmesh.balancer.find;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What service files name, whichever thread asks: found by the class loader of this library, and by the one of the thread, which in a container may see
 * more, and in a pool that knows nothing of the application sees less. Each class once.
 *
 * <p>Threads: any.
 */
public final class Providers {
    private Providers() {}

    /**
     * New instances of all there are, those that this library's own loader sees first.
     *
     * @throws java.util.ServiceConfigurationError if a service file names what cannot be made
     */
    public static <S> List<S> of(Class<S> service) {
        List<S> found = new ArrayList<>();
        Set<String> names = new HashSet<>();
        add(service, Providers.class.getClassLoader(), names, found);
        ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
        if (sees(ofThread, service)) {
            add(service, ofThread, names, found);
        }
        return found;
    }

    private static <S> void add(Class<S> service, @Nullable ClassLoader by, Set<String> names, List<S> found) {
        ServiceLoader.load(service, by).stream()
                .filter(each -> names.add(each.type().getName()))
                .forEach(each -> found.add(each.get()));
    }

    /** False if that loader has another copy of this library, whose providers are not ours. */
    private static boolean sees(@Nullable ClassLoader loader, Class<?> service) {
        try {
            return loader != null && Class.forName(service.getName(), false, loader) == service;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
