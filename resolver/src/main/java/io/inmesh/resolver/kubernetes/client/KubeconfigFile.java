package io.inmesh.resolver.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.AuthProviderConfig;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.ExecEnvVar;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.NamedExtension;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From what stands in a kubeconfig file to fabric8's words for it, as far as anybody reads them. Field by field and not by Jackson, which would
 * look at fabric8's classes by reflection: a native image has nothing to look at.
 *
 * <p>What it refuses it names without its value, for there may be secrets in it.
 */
final class KubeconfigFile {
    private KubeconfigFile() {}

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if something is of another kind than kubectl expects
     */
    static Config read(JsonNode file) {
        Config config = new Config();
        config.setCurrentContext(text(file, "current-context"));
        config.setContexts(objects(file, "contexts", KubeconfigFile::context));
        config.setClusters(objects(file, "clusters", KubeconfigFile::cluster));
        config.setUsers(objects(file, "users", KubeconfigFile::user));
        return config;
    }

    private static NamedContext context(JsonNode named) {
        JsonNode said = object(named, "context");
        NamedContext read = new NamedContext();
        read.setName(text(named, "name"));
        if (said != null) {
            Context context = new Context();
            context.setCluster(text(said, "cluster"));
            context.setNamespace(text(said, "namespace"));
            context.setUser(text(said, "user"));
            read.setContext(context);
        }
        return read;
    }

    private static NamedCluster cluster(JsonNode named) {
        JsonNode said = object(named, "cluster");
        NamedCluster read = new NamedCluster();
        read.setName(text(named, "name"));
        if (said != null) {
            Cluster cluster = new Cluster();
            cluster.setServer(text(said, "server"));
            cluster.setCertificateAuthority(text(said, "certificate-authority"));
            cluster.setCertificateAuthorityData(text(said, "certificate-authority-data"));
            cluster.setInsecureSkipTlsVerify(flag(said, "insecure-skip-tls-verify"));
            cluster.setTlsServerName(text(said, "tls-server-name"));
            cluster.setProxyUrl(text(said, "proxy-url"));
            cluster.setExtensions(objects(
                    said,
                    "extensions",
                    each -> new NamedExtension(new RawExtension(each.get("extension")), text(each, "name"))));
            read.setCluster(cluster);
        }
        return read;
    }

    private static NamedAuthInfo user(JsonNode named) {
        JsonNode said = object(named, "user");
        NamedAuthInfo read = new NamedAuthInfo();
        read.setName(text(named, "name"));
        if (said != null) {
            AuthInfo user = new AuthInfo();
            user.setClientCertificate(text(said, "client-certificate"));
            user.setClientCertificateData(text(said, "client-certificate-data"));
            user.setClientKey(text(said, "client-key"));
            user.setClientKeyData(text(said, "client-key-data"));
            user.setToken(text(said, "token"));
            user.setTokenFile(text(said, "tokenFile"));
            user.setUsername(text(said, "username"));
            user.setPassword(text(said, "password"));
            user.setAuthProvider(provider(object(said, "auth-provider")));
            user.setExec(exec(object(said, "exec")));
            read.setUser(user);
        }
        return read;
    }

    private static @Nullable AuthProviderConfig provider(@Nullable JsonNode said) {
        if (said == null) {
            return null;
        }
        Map<String, String> config = new LinkedHashMap<>();
        JsonNode all = object(said, "config");
        if (all != null) {
            all.fieldNames().forEachRemaining(name -> config.put(name, text(all, name)));
        }
        return new AuthProviderConfig(config, text(said, "name"));
    }

    private static @Nullable ExecConfig exec(@Nullable JsonNode said) {
        if (said == null) {
            return null;
        }
        ExecConfig exec = new ExecConfig();
        exec.setApiVersion(text(said, "apiVersion"));
        exec.setCommand(text(said, "command"));
        exec.setArgs(list(said, "args", argument -> text("args", argument)));
        exec.setEnv(objects(said, "env", each -> new ExecEnvVar(text(each, "name"), text(each, "value"))));
        exec.setInstallHint(text(said, "installHint"));
        exec.setInteractiveMode(text(said, "interactiveMode"));
        exec.setProvideClusterInfo(flag(said, "provideClusterInfo"));
        return exec;
    }

    private static @Nullable String text(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value == null ? null : text(name, value);
    }

    private static @Nullable String text(String name, JsonNode value) {
        if (value.isContainerNode()) {
            throw refusal(name, "a text");
        }
        return value.isNull() ? null : value.asText();
    }

    private static @Nullable Boolean flag(JsonNode object, String name) {
        String text = text(object, name);
        if (text == null) {
            return null;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw refusal(name, "true or false");
        }
        return Boolean.valueOf(text);
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

    private static <T extends @Nullable Object> List<T> list(JsonNode object, String name, Function<JsonNode, T> read) {
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
