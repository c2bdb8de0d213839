package io.inmesh.resolver.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that is not ours can write to the server, and is refused as by a real one. */
class WritesTest {
    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final Config config = new ConfigBuilder(Config.empty())
            .withMasterUrl(server.url().toString())
            .withNamespace("shop")
            .build();
    private final KubernetesClient client =
            new KubernetesClientBuilder().withConfig(config).build();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static Service orders(int port) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("orders")
                .withNamespace("shop")
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(port)
                .endPort()
                .endSpec()
                .build();
    }

    private static void assertRefused(ThrowingCallable write, int code, String words) {
        assertThatThrownBy(write)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void an_object_is_created_once_updated_and_deleted() {
        Service created = client.resource(orders(80)).create();
        assertThat(created.getMetadata().getUid()).isNotEmpty();
        assertThat(created.getMetadata().getResourceVersion()).isEqualTo(server.resourceVersion());
        assertRefused(() -> client.resource(orders(80)).create(), 409, "services \"orders\" already exists");
        Service updated = client.resource(orders(81)).update();
        assertThat(updated.getMetadata().getUid())
                .isEqualTo(created.getMetadata().getUid());
        assertThat(server.find(ResourceType.SERVICES, "shop", "orders")
                        .orElseThrow()
                        .at("/spec/ports/0/port")
                        .asInt())
                .isEqualTo(81);
        client.resource(updated).delete();
        assertThat(server.objects(ResourceType.SERVICES)).isEmpty();
        assertRefused(() -> client.resource(orders(82)).update(), 404, "services \"orders\" not found");
    }

    @Test
    void a_version_or_uid_that_is_not_the_object_s_is_a_conflict() {
        Service created = client.resource(orders(80)).create();
        client.resource(orders(81)).update();
        assertRefused(
                () -> client.resource(created).lockResourceVersion().update(), 409, "the object has been modified");
        Service other = new ServiceBuilder(orders(83))
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();
        assertRefused(() -> client.resource(other).update(), 409, "Precondition failed: UID");
    }

    @Test
    void a_merge_patch_changes_what_it_names_and_other_patches_are_not_known() {
        client.resource(orders(80)).create();
        client.services()
                .withName("orders")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");
        assertThat(server.find(ResourceType.SERVICES, "shop", "orders")
                        .orElseThrow()
                        .toString())
                .contains("\"annotations\":{\"a\":\"b\"}", "\"port\":80");
        assertRefused(
                () -> client.services()
                        .withName("orders")
                        .patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"remove\",\"path\":\"/spec\"}]"),
                415,
                "unknown format");
    }

    @Test
    void what_is_forbidden_to_write_is_refused() {
        server.access().forbid("create", ResourceType.SERVICES);
        assertRefused(() -> client.resource(orders(80)).create(), 403, "cannot create resource \"services\"");
    }
}
