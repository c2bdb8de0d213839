package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeEndpoints;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A sidecar that balances as well is named, once. */
@ExtendWith(OutputCaptureExtension.class)
class SidecarTest {

    @Test
    void it_is_known_by_its_variables_and_files() {
        assertThat(Sidecar.find(Set.of("PATH", "ISTIO_META_WORKLOAD_NAME"), path -> false, Set.of()))
                .hasValue(new Sidecar("Istio", "environment variable ISTIO_META_WORKLOAD_NAME"));
        assertThat(Sidecar.find(Set.of("LINKERD2_PROXY_LOG"), path -> false, Set.of()))
                .hasValue(new Sidecar("Linkerd", "environment variable LINKERD2_PROXY_LOG"));
        assertThat(Sidecar.find(Set.of("LINKERD_DISABLED"), path -> false, Set.of()))
                .get()
                .extracting(Sidecar::mesh)
                .isEqualTo("Linkerd");
        assertThat(Sidecar.find(Set.of("PATH"), Path.of("/etc/istio/proxy")::equals, Set.of()))
                .hasValue(new Sidecar("Istio", "file /etc/istio/proxy"));
        assertThat(Sidecar.find(Set.of("PATH", "HOME"), path -> false, Set.of()))
                .isEmpty();
    }

    @Test
    void it_is_known_by_the_ports_that_it_alone_listens_on(@TempDir Path directory) throws IOException {
        Path tcp = Files.writeString(directory.resolve("tcp"), """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:3A98 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 1 1 0 100 0 0 10 0
                   1: 00000000:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 2 1 0 100 0 0 10 0
                   2: 0100007F:102C 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1337        0 3 1 0 100 0 0 10 0
                """);
        Path tcp6 = Files.writeString(directory.resolve("tcp6"), """
                  sl  local_address                         remote_address                        st tx_queue rx_queue tr
                   0: 00000000000000000000000000000000:3A9E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
                   1: 00000000000000000000000000000000:3AF2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
                   2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
                """);
        assertThat(ListeningPorts.in(List.of(tcp, tcp6, directory.resolve("absent"))))
                .as("who only has a connection does not listen")
                .containsExactlyInAnyOrder(15000, 15001, 15006, 15090, 8080);
        assertThat(Sidecar.find(Set.of(), path -> false, ListeningPorts.in(List.of(tcp, tcp6))))
                .hasValue(new Sidecar("Istio", "somebody listens on ports 15001 and 15090"));
        assertThat(Sidecar.find(Set.of(), path -> false, ListeningPorts.in(List.of(tcp))))
                .as("one of two ports may be anybody's")
                .isEmpty();
        assertThat(Sidecar.find(Set.of(), path -> false, Set.of(15001, 15006, 15008)))
                .as("ambient mode has no sidecar")
                .isEmpty();
        assertThat(Sidecar.find(Set.of(), path -> false, Set.of(4140, 4143, 80)))
                .get()
                .extracting(Sidecar::mesh)
                .isEqualTo("Linkerd");
    }

    @Test
    void a_port_on_which_this_process_listens_is_seen() throws IOException {
        Assumptions.assumeTrue(
                Files.isReadable(Path.of("/proc/net/tcp")), "no /proc/net/tcp here: nothing is known of ports");
        try (ServerSocket open = new ServerSocket(0)) {
            assertThat(ListeningPorts.ofThisNetwork()).contains(open.getLocalPort());
        }
    }

    @Test
    void variables_that_the_kubelet_sets_for_services_of_such_names_are_none() {
        assertThat(Sidecar.find(
                        Set.of(
                                "LINKERD_DST_SERVICE_HOST",
                                "LINKERD_DST_SERVICE_PORT_GRPC",
                                "LINKERD_DST_PORT",
                                "LINKERD_DST_PORT_8086_TCP_ADDR"),
                        path -> false,
                        Set.of()))
                .isEmpty();
    }

    @Test
    void an_application_beside_one_warns_once_at_start(CapturedOutput output) {
        Contexts.with(new FakeEndpoints("k8s"))
                .withInitializer(initialized -> initialized
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "systemEnvironment", Map.of("ISTIO_META_MESH_ID", "cluster.local"))))
                .run(started -> assertThat(started).hasNotFailed());
        assertThat(output)
                .containsOnlyOnce("a sidecar of Istio seems to stand beside this application"
                        + " (environment variable ISTIO_META_MESH_ID)");
    }

    @Test
    void an_application_without_one_says_nothing(CapturedOutput output) {
        Contexts.with(new FakeEndpoints("k8s"))
                .run(started -> assertThat(started).hasNotFailed());
        assertThat(output).doesNotContain("sidecar");
    }
}
