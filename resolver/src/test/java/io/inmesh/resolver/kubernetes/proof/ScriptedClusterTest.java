package io.inmesh.resolver.kubernetes.proof;

import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The scripted API server as a cluster: what holds here is held against real ones by {@link RealClusterTest}. */
class ScriptedClusterTest extends ClusterBehaviour {
    private static final ScriptedApiServer API = ScriptedApiServer.open();

    ScriptedClusterTest() throws IOException {
        super(kubeconfig(), "it");
    }

    @BeforeAll
    static void askForAToken() {
        API.access().requireToken("t0ken");
    }

    @AfterAll
    static void close() {
        API.close();
    }

    private static Path kubeconfig() throws IOException {
        Path file = Files.createTempFile("kubeconfig", ".yaml");
        file.toFile().deleteOnExit();
        API.kubeconfig(file, "it");
        return file;
    }
}
