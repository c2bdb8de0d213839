package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static io.inmesh.resolver.scripted.RawClient.SLICES;
import static io.inmesh.resolver.scripted.RawClient.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListsAndWatchesTest {
    private final FakeClock clock = new FakeClock();
    private final ScriptedApiServer server = ScriptedApiServer.open(clock);
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
        soon().until(() -> server.watches().count() == 0);
        soon().until(() -> clock.timers() == 0);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private void service(String namespace, String name, Map<String, String> labels) {
        StringBuilder json = new StringBuilder();
        labels.forEach(
                (key, value) -> json.append(json.length() == 0 ? "" : ", ").append('"' + key + "\": \"" + value + '"'));
        server.apply("""
                {"apiVersion": "v1", "kind": "Service",
                 "metadata": {"name": "%s", "namespace": "%s", "labels": {%s}}}
                """.formatted(name, namespace, json));
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }

    private static String version(JsonNode list) {
        return list.at("/metadata/resourceVersion").asText();
    }

    @Test
    void a_watch_goes_on_where_the_list_ended() throws Exception {
        service("shop", "orders", Map.of());
        JsonNode list = client.list(SERVICES);
        assertThat(list.path("kind").asText()).isEqualTo("ServiceList");
        assertThat(list.path("apiVersion").asText()).isEqualTo("v1");
        assertThat(names(list)).containsExactly("orders");

        service("shop", "carts", Map.of());
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + version(list))) {
            assertThat(watch.next()).isEqualTo("ADDED carts");
            service("shop", "orders", Map.of("version", "2"));
            assertThat(watch.next()).isEqualTo("MODIFIED orders");
            server.delete(ResourceType.SERVICES, "shop", "orders");
            assertThat(watch.next()).isEqualTo("DELETED orders");
        }
    }

    @Test
    void every_change_raises_the_version_and_equal_content_is_no_change() {
        service("shop", "orders", Map.of());
        long first = Long.parseLong(server.resourceVersion());
        service("shop", "orders", Map.of());
        assertThat(server.resourceVersion()).isEqualTo(Long.toString(first));
        service("shop", "orders", Map.of("version", "2"));
        assertThat(Long.parseLong(server.resourceVersion())).isGreaterThan(first);
    }

    @Test
    void a_new_object_of_an_old_name_has_another_uid_and_a_changed_one_keeps_it() {
        service("shop", "orders", Map.of());
        String uid = uidOfOrders();
        service("shop", "orders", Map.of("version", "2"));
        assertThat(uidOfOrders()).isEqualTo(uid);
        server.delete(ResourceType.SERVICES, "shop", "orders");
        service("shop", "orders", Map.of());
        assertThat(uidOfOrders()).isNotEqualTo(uid).isNotEmpty();
    }

    private String uidOfOrders() {
        return server.find(ResourceType.SERVICES, "shop", "orders")
                .orElseThrow()
                .at("/metadata/uid")
                .asText();
    }

    @Test
    void a_watch_without_version_replays_everything_as_added() throws Exception {
        service("shop", "orders", Map.of());
        service("shop", "carts", Map.of());
        service("bank", "accounts", Map.of());
        for (String version : List.of("", "&resourceVersion=0")) {
            try (RawClient.Watch watch = client.watch(SERVICES + "?watch=true" + version)) {
                assertThat(List.of(watch.next(), watch.next()))
                        .containsExactlyInAnyOrder("ADDED orders", "ADDED carts");
                service("shop", "new" + version.length(), Map.of());
                assertThat(watch.next()).isEqualTo("ADDED new" + version.length());
            }
            server.delete(ResourceType.SERVICES, "shop", "new" + version.length());
        }
    }

    @Test
    void an_object_that_stops_matching_a_selector_is_sent_as_deleted_and_one_that_starts_as_added() throws Exception {
        service("shop", "orders", Map.of("tier", "front"));
        String selector = "&labelSelector=" + encoded("tier=front");
        String from = "?watch=1&resourceVersion=" + server.resourceVersion();
        try (RawClient.Watch watch = client.watch(SERVICES + from + selector)) {
            service("shop", "orders", Map.of("tier", "back"));
            String left = server.resourceVersion();
            JsonNode event = watch.event();
            assertThat(event.path("type").asText()).isEqualTo("DELETED");
            assertThat(event.at("/object/metadata/labels/tier").asText()).isEqualTo("front");
            assertThat(event.at("/object/metadata/resourceVersion").asText()).isEqualTo(left);
            service("shop", "orders", Map.of("tier", "back", "seen", "no"));
            service("shop", "orders", Map.of("tier", "front"));
            assertThat(watch.next()).isEqualTo("ADDED orders");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=1                | one",
                "a==1               | one",
                "a!=1               | none two",
                "a in (1,2)         | one two",
                "a in (1, 2),b      | two",
                "a notin (1)        | none two",
                "a                  | one two",
                "!a                 | none",
                "a>1                | two",
                "a<2                | one",
                "a=1,a=2            | ''",
                "''                 | none one two"
            })
    void label_selectors_have_all_their_forms(String selector, String expected) throws Exception {
        service("shop", "none", Map.of());
        service("shop", "one", Map.of("a", "1"));
        service("shop", "two", Map.of("a", "2", "b", ""));
        JsonNode list = client.list(SERVICES + "?labelSelector=" + encoded(selector));
        assertThat(String.join(" ", names(list))).isEqualTo(expected);
    }

    @Test
    void fields_select_names_and_namespaces_and_other_fields_are_refused() throws Exception {
        service("shop", "orders", Map.of());
        service("shop", "carts", Map.of());
        service("bank", "orders", Map.of());
        String all = "/api/v1/services?fieldSelector=";
        assertThat(names(client.list(all + encoded("metadata.name=orders")))).containsExactly("orders", "orders");
        assertThat(names(client.list(all + encoded("metadata.name=orders,metadata.namespace!=bank"))))
                .containsExactly("orders");
        assertThat(names(client.list(SERVICES + "?fieldSelector=" + encoded("metadata.name=carts"))))
                .containsExactly("carts");
        assertThat(client.get(all + encoded("spec.type=ClusterIP")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_list_may_ask_for_a_version_not_older_or_exact() throws Exception {
        service("shop", "orders", Map.of());
        String then = server.resourceVersion();
        service("shop", "carts", Map.of());
        server.delete(ResourceType.SERVICES, "shop", "orders");
        assertThat(names(client.list(SERVICES + "?resourceVersion=" + then))).containsExactly("carts");
        assertThat(names(client.list(SERVICES + "?resourceVersion=0"))).containsExactly("carts");
        JsonNode exact = client.list(SERVICES + "?resourceVersionMatch=Exact&resourceVersion=" + then);
        assertThat(names(exact)).containsExactly("orders");
        assertThat(version(exact)).isEqualTo(then);
    }

    @Test
    void a_version_of_the_future_is_answered_504_with_its_cause_and_a_hint_when_to_retry() throws Exception {
        String streamed = "&watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        for (String verb : List.of("", "&limit=1&resourceVersionMatch=NotOlderThan", streamed)) {
            var answer = client.get(SERVICES + "?resourceVersion=99999999" + verb);
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.body()).contains("\"reason\":\"ResourceVersionTooLarge\"");
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'?resourceVersionMatch=NotOlderThan'",
        "'?watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=1'",
        "'?sendInitialEvents=true'",
        "'?watch=1&sendInitialEvents=true'"
    })
    void options_that_do_not_go_together_are_answered_422(String query) throws Exception {
        var answer = client.get(SERVICES + query);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"reason\":\"Invalid\"");
    }

    @Test
    void one_object_is_got_by_its_name_and_what_is_not_there_is_answered_404() throws Exception {
        service("shop", "orders", Map.of());
        assertThat(client.list(SERVICES + "/orders").path("kind").asText()).isEqualTo("Service");
        assertThat(client.get(SERVICES + "/carts").body())
                .contains("\"message\":\"services \\\"carts\\\" not found\"", "\"code\":404");
        for (String path : List.of("/apis/discovery.k8s.io/v9/endpointslices", "/api/v1/secrets", "/", "/api/v1//x")) {
            var answer = client.get(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("could not find the requested resource");
        }
        assertThat(names(client.list("/api/v1/namespaces/nowhere/services"))).isEmpty();
        server.withdraw(ResourceType.ENDPOINT_SLICES);
        assertThat(client.get(SLICES).statusCode()).isEqualTo(404);
    }

    @Test
    void bookmarks_come_every_minute_to_those_who_asked() throws Exception {
        String from = "?watch=1&resourceVersion=" + server.resourceVersion();
        try (RawClient.Watch asked = client.watch(SERVICES + from + "&allowWatchBookmarks=true");
                RawClient.Watch silent = client.watch(SERVICES + from)) {
            server.apply("{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"node-1\"}}");
            clock.advance(Duration.ofMinutes(1));
            JsonNode bookmark = asked.event();
            assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(bookmark.at("/object/metadata/resourceVersion").asText()).isEqualTo(server.resourceVersion());
            clock.advance(Duration.ofMinutes(1));
            assertThat(asked.next()).isEqualTo("BOOKMARK");
            service("shop", "orders", Map.of());
            assertThat(silent.next()).isEqualTo("ADDED orders");
        }
    }

    @Test
    void a_watch_ends_when_its_time_is_over_with_a_bookmark_shortly_before() throws Exception {
        String query = "?watch=1&allowWatchBookmarks=true&timeoutSeconds=30&resourceVersion=";
        try (RawClient.Watch watch = client.watch(SERVICES + query + server.resourceVersion())) {
            clock.advance(Duration.ofSeconds(28));
            assertThat(watch.next()).isEqualTo("BOOKMARK");
            clock.advance(Duration.ofSeconds(2));
            assertThat(watch.next()).isEqualTo("end");
        }
    }

    @Test
    void requests_are_recorded_and_open_watches_counted() throws Exception {
        client.list(SERVICES + "?labelSelector=a");
        try (RawClient.Watch watch = client.watch(SLICES + "?watch=1", "Authorization", "Bearer secret")) {
            assertThat(server.watches().count()).isEqualTo(1);
            assertThat(server.watches().count(request -> request.isFor(ResourceType.SERVICES)))
                    .isZero();
            assertThat(watch.status()).isEqualTo(200);
        }
        soon().until(() -> server.watches().count() == 0);
        assertThat(server.requests()).extracting(ApiRequest::verb).containsExactly("list", "watch");
        ApiRequest list = server.requests().get(0);
        assertThat(list.path()).isEqualTo(SERVICES);
        assertThat(list.parameter("labelSelector")).isEqualTo("a");
        assertThat(list.namespace()).isEqualTo("shop");
        assertThat(server.requests().get(1).toString()).doesNotContain("secret");
    }
}
