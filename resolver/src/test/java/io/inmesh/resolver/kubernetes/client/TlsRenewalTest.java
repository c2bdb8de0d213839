package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** the certificate authority of a pod is replaced while the process runs. Time stands still: a refusal is reason enough to look. */
class TlsRenewalTest {
    private final Path dir;

    TlsRenewalTest(@TempDir Path dir) {
        this.dir = dir;
    }

    private void trust(TestIdentity authority) throws GeneralSecurityException, IOException {
        Files.writeString(dir.resolve("ca.crt"), authority.certificatePem());
    }

    @Test
    void a_new_certificate_authority_is_taken_up_as_soon_as_the_server_is_not_trusted_R1_R2() throws Exception {
        TestIdentity old = TestIdentity.of(dir, "old", "ip:127.0.0.1");
        TestIdentity next = TestIdentity.of(dir, "next", "ip:127.0.0.1");
        trust(old);
        Files.writeString(dir.resolve("token"), "first\n");
        ServedOverTls server = new ServedOverTls(old, null, 0);
        int port = server.port();
        try (ApiClient api =
                new ApiClient(new Access.InPod("127.0.0.1", Integer.toString(port), dir), new FakeClock())) {
            assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
            assertThat(server.authorization()).isEqualTo("Bearer first");
            Files.writeString(dir.resolve("token"), "second\n");
            assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
            assertThat(server.authorization()).as("read for every request").isEqualTo("Bearer second");
            server.close();
            try (ServedOverTls untrustedServer = new ServedOverTls(next, null, port)) {
                Answered untrusted = Answered.to(api, "/").awaitEnd();
                while (untrusted.failure().contains("header parser")
                        || untrusted.failure().contains("EOF")) {
                    untrusted = Answered.to(api, "/").awaitEnd(); // The old connection, closed under the request.
                }
                assertThat(untrusted.failure()).contains("SSL");
                assertThat(untrustedServer.authorization()).isNull();
                trust(next);
                assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
            }
        } finally {
            server.close();
        }
    }
}
