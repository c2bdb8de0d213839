package io.inmesh.spring.http.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.spring.NotedLease;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.Cookies;
import io.inmesh.spring.http.Departures;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.ExcludedHosts;
import io.inmesh.spring.http.HttpHead;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.SessionToken;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.client.reactive.MockClientHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What becomes of answers that nobody reads. */
class ReactivePodExchangeTest {
    private final Mesh mesh = Mesh.builder().build();
    private final MeshHttp http = new MeshHttp(mesh, ConfiguredServices.none(), ExcludedHosts.none(), new Departures());
    private final HttpClientSettings settings = HttpClientSettings.defaults();
    private final ReactivePodExchange exchange = new ReactivePodExchange(
            new Destination(http, settings, URI.create("http://orders.shop/")),
            ClientHttpConnectorBuilder::reactor,
            Cookies.of(settings.cookieHandling()),
            HttpMethod.GET,
            request -> Mono.empty(),
            Context.empty(),
            SessionToken.of(RequestRules.NONE, new HttpHead(HttpMethod.GET, URI.create("/"), HttpHeaders.EMPTY)));
    private final NotedLease lease = new NotedLease();
    private final AtomicBoolean hungUp = new AtomicBoolean();

    private LeasedAnswer answer(HttpStatus status) {
        MockClientHttpResponse answer = new MockClientHttpResponse(status);
        answer.setBody(Flux.<DataBuffer>never().doOnCancel(() -> hungUp.set(true)));
        return new LeasedAnswer(answer, answer.getHeaders(), lease, "orders.shop", OutcomeClassifier.standard(), false);
    }

    @AfterEach
    void close() {
        http.close();
        mesh.close();
    }

    @Test
    void an_answer_that_may_be_endless_is_not_read_for_nobody() {
        exchange.discard(answer(HttpStatus.OK));
        assertThat(hungUp).isTrue();
        assertThat(lease.outcomes()).isNotEmpty();
    }

    @Test
    void an_answer_that_the_request_is_repeated_for_is_read_so_that_its_connection_can_serve_again() {
        exchange.discard(answer(HttpStatus.SERVICE_UNAVAILABLE));
        assertThat(hungUp).isFalse();
    }
}
