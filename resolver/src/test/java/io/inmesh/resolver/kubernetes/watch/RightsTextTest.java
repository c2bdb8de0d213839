package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Right;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** W-10: what is said when the API refuses or does not answer. */
class RightsTextTest {

    private static Refusal refusal(int status, String message) {
        return new Refusal(status, message, null, false, null);
    }

    @ParameterizedTest
    @CsvSource({"list", "watch"})
    void forbidden_names_verb_resource_group_and_namespace_and_prints_the_role_R6(String verb) {
        Trouble trouble = ApiTroubles.refused(
                        "https://api:6443",
                        WatchedResource.slices(Samples.SHOP),
                        verb,
                        refusal(403, "endpointslices is forbidden"))
                .toldTo(List.of(Right.toWatchServices("prod"), Right.toWatchSlices("prod")));
        assertThat(trouble.reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(trouble.text())
                .contains("https://api:6443")
                .contains("to " + verb + " endpointslices (API group 'discovery.k8s.io') in namespace prod")
                .contains("'endpointslices is forbidden'")
                .endsWith("""
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: Role
                        metadata:
                          name: inmesh
                          namespace: prod
                        rules:
                        - {apiGroups: [""], resources: [services], verbs: [list, watch]}
                        - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | credentials",
                "401 | what is replaced there is taken up by itself",
                "404 | Kubernetes 1.21 or newer",
                "500 | answered 500 saying 'etcd' when asked to list services",
            })
    void other_refusals_have_their_own_texts_and_promise_to_ask_again(int status, String expected) {
        Trouble trouble = ApiTroubles.refused(
                "http://api", WatchedResource.service(Samples.SHOP), "list", refusal(status, "etcd"));
        assertThat(trouble.reason()).isEqualTo(Reason.NOT_SYNCED);
        assertThat(trouble.text())
                .contains("http://api")
                .contains(expected)
                .contains("asked again until it answers, and endpoints known before stay in use");
    }

    @Test
    void an_unreachable_api_is_told_with_url_and_cause() {
        assertThat(ApiTroubles.unreachable("http://api", new CompletionException(new ConnectException("refused")))
                        .text())
                .startsWith("the Kubernetes API at http://api cannot be reached (ConnectException: refused); ");
        assertThat(ApiTroubles.unreachable("http://api", new ConnectException()).text())
                .contains("(ConnectException)");
        assertThat(ApiTroubles.unreachable("http://api", null).text()).contains("ended before an answer");
    }

    @Test
    void nothing_is_asked_for_outside_a_namespace_R5() {
        assertThat(List.of(
                        WatchedResource.service(Samples.SHOP),
                        WatchedResource.slices(Samples.SHOP),
                        WatchedResource.services("prod"),
                        WatchedResource.allSlices("prod", service -> true)))
                .allMatch(resource -> resource.path().contains("/namespaces/prod/"));
    }

    @Test
    void a_single_service_is_asked_for_by_a_field_selector_that_a_role_can_name_R4() {
        assertThat(WatchedResource.service(Samples.SHOP).streamedListPath(null, 300))
                .startsWith("/api/v1/namespaces/prod/services?fieldSelector=metadata.name%3Dshop&");
    }
}
