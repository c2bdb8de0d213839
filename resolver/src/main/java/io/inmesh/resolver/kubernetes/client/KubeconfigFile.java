package io.inmesh.resolver.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * What stands in one kubeconfig file, as far as anybody reads it. Field by field and not bound by Jackson, which would look at classes by reflection: a
 * native image has nothing to look at.
 *
 * <p>What it refuses it names without its value, for there may be secrets in it.
 *
 * @param currentContext the name of the context that kubectl would use, or null
 */
record KubeconfigFile(
        @Nullable String currentContext,
        List<Named<Context>> contexts,
        List<Named<Cluster>> clusters,
        List<Named<User>> users) {

    private static final LoadSettings YAML =
            LoadSettings.builder().setSchema(new CoreSchema()).build();

    /** Makes trees of what is no tree yet; looks at no class. */
    private static final ObjectMapper TREES = new ObjectMapper();

    /** An entry of one of the lists; null is what was left out. */
    record Named<T>(@Nullable String name, @Nullable T said) {}

    /** Which cluster is meant, as whom, and in which namespace. */
    record Context(
            @Nullable String cluster,
            @Nullable String user,
            @Nullable String namespace) {}

    /**
     * How an API server is reached.
     *
     * @param certificateAuthority a path, from the file's directory
     * @param certificateAuthorityData PEM in Base64
     * @param insecure whether anybody is taken for the server
     * @param tlsServerName the name to be found in the server's certificate, if it is not that of the address
     * @param pluginConfig what credential plugins are told of this cluster
     */
    record Cluster(
            @Nullable String server,
            @Nullable String certificateAuthority,
            @Nullable String certificateAuthorityData,
            boolean insecure,
            @Nullable String tlsServerName,
            @Nullable String proxyUrl,
            @Nullable JsonNode pluginConfig) {}

    /** As whom the API is asked. */
    record User(
            @Nullable String clientCertificate,
            @Nullable String clientCertificateData,
            @Nullable String clientKey,
            @Nullable String clientKeyData,
            @Nullable String token,
            @Nullable String tokenFile,
            @Nullable String username,
            @Nullable String password,
            @Nullable AuthProvider provider,
            @Nullable Exec exec) {

        @Override
        public String toString() {
            return "User"; // Never what is in it.
        }
    }

    /** Another program's way to an identity, which left its tokens here. */
    record AuthProvider(
            @Nullable String name,
            @Nullable String accessToken,
            @Nullable String idToken) {

        @Override
        public String toString() {
            return "AuthProvider " + name;
        }
    }

    /** A credential plugin. */
    record Exec(
            @Nullable String apiVersion,
            @Nullable String command,
            List<String> args,
            List<Variable> env,
            @Nullable String installHint,
            @Nullable String interactiveMode,
            boolean provideClusterInfo) {

        /** A variable of its environment. */
        record Variable(String name, String value) {}

        @Override
        public String toString() {
            return "Exec " + command; // Its arguments may be secret.
        }
    }

    /** Under which a cluster's extension is handed on to plugins. */
    private static final String PLUGIN_EXTENSION = "client.authentication.k8s.io/exec";

    /**
     * Reads it.
     *
     * @throws IllegalStateException if it cannot be read; what the parser says of it is kept to itself, since that quotes the file
     */
    static KubeconfigFile read(Path path) {
        try (InputStream content = Files.newInputStream(path)) {
            JsonNode file = TREES.valueToTree(new Load(YAML).loadFromInputStream(content));
            if (file == null || !file.isObject()) {
                throw new IllegalArgumentException("no object");
            }
            return of(file);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException("kubeconfig " + path + " cannot be read ("
                    + e.getClass().getSimpleName() + ") (expected: YAML of kind Config, as kubectl writes it)");
        }
    }

    private static KubeconfigFile of(JsonNode file) {
        return new KubeconfigFile(
                text(file, "current-context"),
                named(file, "contexts", "context", KubeconfigFile::context),
                named(file, "clusters", "cluster", KubeconfigFile::cluster),
                named(file, "users", "user", KubeconfigFile::user));
    }

    private static <T> List<Named<T>> named(JsonNode file, String list, String what, Function<JsonNode, T> read) {
        return objects(file, list, each -> {
            JsonNode said = object(each, what);
            return new Named<>(text(each, "name"), said == null ? null : read.apply(said));
        });
    }

    private static Context context(JsonNode said) {
        return new Context(text(said, "cluster"), text(said, "user"), text(said, "namespace"));
    }

    private static Cluster cluster(JsonNode said) {
        JsonNode pluginConfig = null;
        for (JsonNode extension : objects(said, "extensions", each -> each)) {
            if (PLUGIN_EXTENSION.equals(text(extension, "name"))) {
                pluginConfig = extension.get("extension");
            }
        }
        return new Cluster(
                text(said, "server"),
                text(said, "certificate-authority"),
                text(said, "certificate-authority-data"),
                flag(said, "insecure-skip-tls-verify"),
                text(said, "tls-server-name"),
                text(said, "proxy-url"),
                pluginConfig);
    }

    private static User user(JsonNode said) {
        JsonNode provider = object(said, "auth-provider");
        JsonNode exec = object(said, "exec");
        return new User(
                text(said, "client-certificate"),
                text(said, "client-certificate-data"),
                text(said, "client-key"),
                text(said, "client-key-data"),
                text(said, "token"),
                text(said, "tokenFile"),
                text(said, "username"),
                text(said, "password"),
                provider == null ? null : provider(provider),
                exec == null ? null : exec(exec));
    }

    private static AuthProvider provider(JsonNode said) {
        JsonNode config = object(said, "config");
        return new AuthProvider(
                text(said, "name"),
                config == null ? null : text(config, "access-token"),
                config == null ? null : text(config, "id-token"));
    }

    private static Exec exec(JsonNode said) {
        return new Exec(
                text(said, "apiVersion"),
                text(said, "command"),
                list(said, "args", argument -> spelled("args", argument)),
                objects(said, "env", each -> new Exec.Variable(spelled(each, "name"), spelled(each, "value"))),
                text(said, "installHint"),
                text(said, "interactiveMode"),
                flag(said, "provideClusterInfo"));
    }

    /** Null for what is not there, is null or is empty: kubectl takes them for the same. */
    private static @Nullable String text(JsonNode object, String name) {
        String text = spelled(object, name);
        return text.isEmpty() ? null : text;
    }

    private static String spelled(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value == null ? "" : spelled(name, value);
    }

    private static String spelled(String name, JsonNode value) {
        if (value.isContainerNode()) {
            throw refusal(name, "a text");
        }
        return value.isNull() ? "" : value.asText();
    }

    private static boolean flag(JsonNode object, String name) {
        String text = text(object, name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw refusal(name, "true or false");
        }
        return "true".equals(text);
    }

    private static @Nullable JsonNode object(JsonNode object, String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isObject()) {
            throw refusal(name, "an object");
        }
        return value;
    }

    private static <T> List<T> objects(JsonNode object, String name, Function<JsonNode, T> read) {
        return list(object, name, item -> {
            if (!item.isObject()) {
                throw refusal(name, "a list of objects");
            }
            return read.apply(item);
        });
    }

    private static <T> List<T> list(JsonNode object, String name, Function<JsonNode, T> read) {
        List<T> items = new ArrayList<>();
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return items;
        }
        if (!value.isArray()) {
            throw refusal(name, "a list");
        }
        value.forEach(item -> items.add(read.apply(item)));
        return items;
    }

    private static IllegalArgumentException refusal(String name, String expected) {
        return new IllegalArgumentException(name + " (expected: " + expected + ")");
    }
}
