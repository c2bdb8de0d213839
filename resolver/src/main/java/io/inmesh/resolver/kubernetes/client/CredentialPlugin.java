package io.inmesh.resolver.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Cluster;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Exec;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.File;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A command that a kubeconfig names for credentials, run as kubectl runs it: Kubernetes' <a
 * href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins">client-go credential plugins</a>. What
 * it writes to its standard error comes out at this process's own, as with kubectl: there it says what it wants, a login most often.
 *
 * <p>Threads: any; keeps nothing. Whoever runs it waits for it, for as long as it takes.
 */
final class CredentialPlugin {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Exec exec;
    private final Kubeconfig.Said<?> user;
    private final @Nullable Cluster cluster;

    /**
     * What it gave.
     *
     * @param token to be sent with each request, or null
     * @param certificate PEM, with its key, or null
     * @param key PEM, or null
     * @param expires until when that holds, or null if it did not say
     */
    record Credential(
            @Nullable String token,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable Instant expires) {
        @Override
        public String toString() {
            return "Credential"; // Never what is in it.
        }
    }

    /**
     * A command to run.
     *
     * @param user who names it: relative commands are meant from the file's directory
     * @param cluster whom it is for, told to plugins that ask for it
     */
    CredentialPlugin(Exec exec, Kubeconfig.Said<?> user, @Nullable Cluster cluster) {
        this.exec = exec;
        this.user = user;
        this.cluster = cluster;
    }

    /** The command's name as the kubeconfig has it. */
    String command() {
        return exec.command() == null ? "" : exec.command();
    }

    /**
     * Runs it and waits for it.
     *
     * @throws NoCredentialsException if it gives none, saying why
     */
    Credential run() {
        if (exec.command() == null) {
            throw failure("the kubeconfig names no command");
        }
        if ("Always".equals(exec.interactiveMode())) {
            throw failure(
                    "it wants a terminal to ask questions at (interactiveMode: Always), which is not given to it");
        }
        try {
            return read(answerOf(started()));
        } catch (IOException e) {
            throw failure("it could not be run: " + e.getMessage() + hint());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("the wait for it was interrupted");
        }
    }

    /** What it says until it ends; whatever ends the wait sooner ends the command as well, which nobody would hear any more. */
    private byte[] answerOf(Process process) throws IOException, InterruptedException {
        try {
            process.getOutputStream().close(); // There is nobody to answer its questions.
            byte[] answer = process.getInputStream().readAllBytes();
            int code = process.waitFor();
            if (code != 0) {
                throw failure("it ended with exit code " + code);
            }
            return answer;
        } finally {
            if (process.isAlive()) {
                process.destroy();
            }
        }
    }

    private Process started() throws IOException {
        List<String> line = new ArrayList<>();
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
            line.addAll(List.of("cmd.exe", "/c")); // Which finds what ends in .cmd, too.
        }
        boolean isPath = command().contains("/") || command().contains(File.separator);
        line.add(isPath ? user.resolve(command()).normalize().toString() : command());
        line.addAll(exec.args());
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("KUBERNETES_EXEC_INFO", JSON.writeValueAsString(info()));
        exec.env().forEach(variable -> builder.environment().put(variable.name(), variable.value()));
        return builder.start();
    }

    /** What a plugin is told: of which version to answer, that nobody sits at a terminal, and which cluster it is for, if it wants that. */
    private ObjectNode info() {
        ObjectNode info = JSON.createObjectNode().put("kind", "ExecCredential").put("apiVersion", exec.apiVersion());
        ObjectNode spec = info.putObject("spec").put("interactive", false);
        Cluster known = cluster;
        if (exec.provideClusterInfo() && known != null) {
            ObjectNode told = spec.putObject("cluster").put("server", known.server());
            put(told, "tls-server-name", known.tlsServerName());
            put(told, "certificate-authority-data", known.certificateAuthorityData());
            put(told, "proxy-url", known.proxyUrl());
            if (known.insecure()) {
                told.put("insecure-skip-tls-verify", true);
            }
            if (known.pluginConfig() != null) {
                told.set("config", known.pluginConfig());
            }
        }
        return info;
    }

    private static void put(ObjectNode object, String field, @Nullable String value) {
        if (value != null) {
            object.put(field, value);
        }
    }

    /** What is not said of an answer that cannot be read: what stands in it, for there may be secrets. */
    private Credential read(byte[] answer) {
        JsonNode credential;
        try {
            credential = JSON.readTree(answer);
        } catch (IOException e) {
            throw failure("its answer is no JSON");
        }
        String version = credential.path("apiVersion").asText();
        if (!version.equals(exec.apiVersion())) {
            throw failure(
                    "its answer is of apiVersion '" + version + "', the kubeconfig says '" + exec.apiVersion() + "'");
        }
        JsonNode status = credential.path("status");
        String token = text(status, "token");
        String certificate = text(status, "clientCertificateData");
        String key = text(status, "clientKeyData");
        if (token == null && (certificate == null || key == null)) {
            throw failure("its answer has neither a token nor a certificate with its key");
        }
        return new Credential(token, certificate, key, expiry(status));
    }

    private @Nullable Instant expiry(JsonNode status) {
        String said = text(status, "expirationTimestamp");
        try {
            return said == null ? null : Instant.parse(said);
        } catch (DateTimeException e) {
            throw failure("its expirationTimestamp is '" + said + "' (expected: as in 2030-01-31T12:00:00Z)");
        }
    }

    private static @Nullable String text(JsonNode object, String field) {
        String value = object.path(field).asText("");
        return value.isEmpty() ? null : value;
    }

    /** How to come by it, as the kubeconfig says. */
    private String hint() {
        String said = exec.installHint();
        return said == null || said.isBlank() ? "" : "; " + said.strip();
    }

    private NoCredentialsException failure(String why) {
        return new NoCredentialsException("credential plugin '" + command()
                + "' of the kubeconfig gave no credentials; run it by hand to see why (" + why + ")");
    }
}
