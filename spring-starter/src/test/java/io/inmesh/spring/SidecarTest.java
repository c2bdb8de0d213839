package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeEndpoints;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A sidecar that balances as well is named, once. */
@ExtendWith(OutputCaptureExtension.class)
class SidecarTest {

    @Test
    void it_is_known_by_its_variables_and_files() {
        assertThat(Sidecar.find(Set.of("PATH", "ISTIO_META_WORKLOAD_NAME"), path -> false))
                .hasValue(new Sidecar("Istio", "environment variable ISTIO_META_WORKLOAD_NAME"));
        assertThat(Sidecar.find(Set.of("LINKERD2_PROXY_LOG"), path -> false))
                .hasValue(new Sidecar("Linkerd", "environment variable LINKERD2_PROXY_LOG"));
        assertThat(Sidecar.find(Set.of("LINKERD_DISABLED"), path -> false))
                .get()
                .extracting(Sidecar::mesh)
                .isEqualTo("Linkerd");
        assertThat(Sidecar.find(Set.of("PATH"), Path.of("/etc/istio/proxy")::equals))
                .hasValue(new Sidecar("Istio", "file /etc/istio/proxy"));
        assertThat(Sidecar.find(Set.of("PATH", "HOME"), path -> false)).isEmpty();
    }

    @Test
    void variables_that_the_kubelet_sets_for_services_of_such_names_are_none() {
        assertThat(Sidecar.find(
                        Set.of(
                                "LINKERD_DST_SERVICE_HOST",
                                "LINKERD_DST_SERVICE_PORT_GRPC",
                                "LINKERD_DST_PORT",
                                "LINKERD_DST_PORT_8086_TCP_ADDR"),
                        path -> false))
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
