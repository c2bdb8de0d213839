package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static io.inmesh.resolver.scripted.RawClient.SLICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.Faults;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final FakeClock clock = new FakeClock();
    private final ScriptedApiServer server = ScriptedApiServer.open(clock);
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    private String watchFromNow() {
        return SERVICES + "?watch=1&allowWatchBookmarks=true&resourceVersion=" + server.resourceVersion();
    }

    @Test
    void the_next_requests_that_fit_are_answered_with_a_status_and_then_no_more() throws Exception {
        server.faults()
                .next(
                        2,
                        request -> request.is("list", ResourceType.SERVICES),
                        Fault.status(429, Duration.ofSeconds(3)));
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = client.get(SERVICES);
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).contains("3");
            assertThat(answer.body()).contains("\"kind\":\"Status\"", "\"reason\":\"TooManyRequests\"");
            assertThat(client.get(SLICES).statusCode()).isEqualTo(200);
        }
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
    }

    @Test
    void a_lasting_fault_lasts_until_it_is_cancelled() throws Exception {
        Faults.Planned down = server.faults().always(ApiRequest::any, Fault.status(503));
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(503);
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(503);
        down.cancel();
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
    }

    @Test
    void what_is_forbidden_is_answered_in_the_real_servers_words() throws Exception {
        server.access().forbid("list", ResourceType.SERVICES);
        server.access().forbid("watch", ResourceType.ENDPOINT_SLICES);
        HttpResponse<String> answer = client.get(SERVICES);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .contains("\"reason\":\"Forbidden\"")
                .contains(
                        "services is forbidden: User \\\"system:serviceaccount:default:client\\\" cannot list resource "
                                + "\\\"services\\\" in API group \\\"\\\" in the namespace \\\"shop\\\"");
        assertThat(client.get("/apis/discovery.k8s.io/v1/endpointslices?watch=1")
                        .body())
                .contains("endpointslices.discovery.k8s.io is forbidden", "at the cluster scope");
        server.access().allow("list", ResourceType.SERVICES);
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
    }

    @Test
    void a_wrong_token_is_answered_401_and_none_at_all_403() throws Exception {
        server.access().requireToken("t0ken");
        assertThat(client.get(SERVICES, "Authorization", "Bearer old").statusCode())
                .isEqualTo(401);
        assertThat(client.get(SERVICES).body()).contains("system:anonymous");
        assertThat(client.get(SERVICES, "Authorization", "Bearer t0ken").statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_request_may_hang_until_the_client_gives_up() {
        server.faults().next(1, ApiRequest::any, Fault.hang());
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + SERVICES))
                .timeout(Duration.ofMillis(100))
                .build();
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(java.net.http.HttpTimeoutException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_connection_may_break_without_an_answer() {
        server.faults().always(ApiRequest::any, Fault.disconnect());
        assertThatThrownBy(() -> client.get(SERVICES)).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_may_come_late() throws Exception {
        server.faults().next(1, ApiRequest::any, Fault.delay(Duration.ofSeconds(5)));
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(SERVICES).statusCode();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // One timer is that of the bookmarks.
        Awaitility.await().until(() -> clock.timers() == 2);
        clock.advance(Duration.ofMillis(4999));
        assertThat(clock.timers()).isEqualTo(2);
        assertThat(status).isNotDone();
        clock.advance(Duration.ofMillis(1));
        assertThat(status.get()).isEqualTo(200);
    }

    @Test
    void a_watch_may_be_cut_in_the_middle_of_a_line() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            server.watches().cut(ApiRequest::any);
            assertThat(watch.next()).isEqualTo("cut line");
            assertThat(watch.next()).isEqualTo("broken");
        }
        Awaitility.await()
                .until(() -> server.watches().count() == 0); // The server hears of it after the client, or before.
    }

    @Test
    void a_watch_may_end_in_an_error_event() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            server.watches().fail(ApiRequest::any, Fault.status(500));
            assertThat(watch.next()).isEqualTo("ERROR 500");
            assertThat(watch.next()).isEqualTo("end");
        }
        server.faults().next(1, ApiRequest::isWatch, Fault.inStream(410));
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            assertThat(watch.status()).isEqualTo(200);
            assertThat(watch.next()).isEqualTo("ERROR 410");
            assertThat(watch.next()).isEqualTo("end");
        }
    }

    @Test
    void a_watch_may_fall_silent_and_stay_open() throws Exception {
        server.faults().next(1, ApiRequest::isWatch, Fault.silence());
        try (RawClient.Watch deaf = client.watch(watchFromNow());
                RawClient.Watch later = client.watch(watchFromNow());
                RawClient.Watch well = client.watch(watchFromNow() + "&timeoutSeconds=1000")) {
            server.watches().silence(request -> request.parameter("timeoutSeconds") == null);
            ScriptedService.of(server, "shop", "orders");
            server.watches().end(ApiRequest::any);
            assertThat(well.next()).isEqualTo("ADDED orders");
            assertThat(well.next()).isEqualTo("end");
            Awaitility.await().until(() -> server.watches().count() == 2);
            server.stop();
            // Had anything been sent before the connection broke, it would be read first.
            assertThat(deaf.next()).isEqualTo("broken");
            assertThat(later.next()).isEqualTo("broken");
        }
    }

    @Test
    void lines_may_come_in_many_chunks_cut_anywhere() throws Exception {
        server.faults().splitLines(500);
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            ScriptedService.of(server, "shop", "orders").annotate("note", "Grüße, 世界");
            assertThat(watch.next()).isEqualTo("ADDED orders");
            assertThat(watch.event().at("/object/metadata/annotations/note").asText())
                    .isEqualTo("Grüße, 世界");
        }
    }

    @Test
    void bookmarks_may_be_lost() throws Exception {
        server.faults().loseBookmarks();
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            clock.advance(Duration.ofMinutes(3));
            ScriptedService.of(server, "shop", "orders");
            assertThat(watch.next()).isEqualTo("ADDED orders");
        }
    }

    @Test
    void anything_may_be_sent_as_a_line() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            server.watches().line(ApiRequest::any, "{\"type\":\"SURPRISE\",\"object\":{}}");
            assertThat(watch.next()).isEqualTo("SURPRISE");
        }
    }
}
