package io.inmesh.resolver.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
 * <p>Read without fabric8's own reader: that one wants Jackson's YAML format, which as a jar on the class path changes what Spring's HTTP clients and servers
 * offer.
 *
 * <p>Threads: one, and then any that only read.
 */
final class Kubeconfig {
    private static final KubernetesSerialization YAML = new KubernetesSerialization(new ObjectMapper(), false);

    private final List<Read> files;

    private record Read(Path path, Config config) {}

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
        return read(paths, YAML);
    }

    /** The same with another reader of YAML. */
    static Kubeconfig read(List<Path> paths, KubernetesSerialization yaml) {
        return new Kubeconfig(paths.stream().map(path -> read(path, yaml)).toList());
    }

    /** What the parser says of a bad file is kept to itself: it quotes the file, and there may be secrets in it. */
    private static Read read(Path path, KubernetesSerialization yaml) {
        try (InputStream content = Files.newInputStream(path)) {
            JsonNode file = yaml.unmarshal(content, JsonNode.class);
            if (file == null || !file.isObject()) {
                throw new IllegalArgumentException("no object");
            }
            return new Read(path, KubeconfigFile.read(file));
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException("kubeconfig " + path + " cannot be read ("
                    + e.getClass().getSimpleName() + ") (expected: YAML of kind Config, as kubectl writes it)");
        }
    }

    /** The current context, if one is named that is there. */
    Optional<NamedContext> currentContext() {
        Optional<String> name = files.stream()
                .map(file -> file.config().getCurrentContext())
                .filter(current -> current != null && !current.isEmpty())
                .findFirst();
        return name.flatMap(current -> first(Config::getContexts, context -> {
                    return context.getContext() != null && current.equals(context.getName()) ? context : null;
                }))
                .map(Said::value);
    }

    /** The cluster of that context. */
    Optional<Said<Cluster>> cluster(NamedContext context) {
        String name = context.getContext().getCluster();
        return first(Config::getClusters, named -> Objects.equals(named.getName(), name) ? named.getCluster() : null);
    }

    /** The user of that context. */
    Optional<Said<AuthInfo>> user(NamedContext context) {
        String name = context.getContext().getUser();
        return first(Config::getUsers, named -> Objects.equals(named.getName(), name) ? named.getUser() : null);
    }

    private <N, T> Optional<Said<T>> first(Function<Config, @Nullable List<N>> list, Function<N, @Nullable T> wanted) {
        return files.stream()
                .flatMap(file -> Stream.ofNullable(list.apply(file.config()))
                        .flatMap(List::stream)
                        .flatMap(named -> Stream.ofNullable(wanted.apply(named)))
                        .map(value -> new Said<>(value, file.path())))
                .findFirst();
    }
}
