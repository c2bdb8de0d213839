package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Cluster;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Context;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Named;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Kubeconfig files, added up as kubectl adds them: of each context, cluster and user the first definition wins, and the current context is that
 * of the first file that sets one (rules N-7, R-7).
 *
 * <p>Threads: one, and then any that only read.
 */
final class Kubeconfig {
    private final List<Read> files;

    private record Read(Path path, KubeconfigFile content) {}

    /** What is said, and the file that says it: paths in it are meant from there. */
    record Said<T>(T value, Path file) {
        /** That path, from the directory of the file. */
        Path resolve(String path) {
            return file.toAbsolutePath().resolveSibling(path);
        }
    }

    private Kubeconfig(List<Read> files) {
        this.files = files;
    }

    /**
     * Reads them.
     *
     * @throws IllegalStateException if one cannot be read
     */
    static Kubeconfig read(List<Path> paths) {
        return new Kubeconfig(paths.stream()
                .map(path -> new Read(path, KubeconfigFile.read(path)))
                .toList());
    }

    /** The current context, if one is named that is there. */
    Optional<Context> currentContext() {
        Optional<String> name = files.stream()
                .flatMap(file -> Stream.ofNullable(file.content().currentContext()))
                .findFirst();
        return name.flatMap(current -> first(KubeconfigFile::contexts, current)).map(Said::value);
    }

    /** The cluster of that context. */
    Optional<Said<Cluster>> cluster(Context context) {
        return first(KubeconfigFile::clusters, context.cluster());
    }

    /** The user of that context. */
    Optional<Said<User>> user(Context context) {
        return first(KubeconfigFile::users, context.user());
    }

    private <T> Optional<Said<T>> first(Function<KubeconfigFile, List<Named<T>>> list, @Nullable String name) {
        return files.stream()
                .flatMap(file -> list.apply(file.content()).stream()
                        .filter(named -> Objects.equals(named.name(), name))
                        .flatMap(named -> Stream.ofNullable(named.said()))
                        .map(value -> new Said<>(value, file.path())))
                .findFirst();
    }
}
