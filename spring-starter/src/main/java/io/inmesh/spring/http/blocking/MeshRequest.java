package io.inmesh.spring.http.blocking;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.attempt.Safety;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.spring.http.Declared;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.HttpHead;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.Redirect;
import io.inmesh.spring.http.Route;
import io.inmesh.spring.http.SessionToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.Assert;

/**
 * A request to a host of ours: waits for the service if need be, picks a pod, picks another if the request is safe to repeat, and follows
 * redirects, each to wherever its own host belongs.
 */
final class MeshRequest extends AbstractClientHttpRequest implements StreamingHttpOutputMessage {
    private final MeshRequestFactory factory;
    private final MeshHttp http;
    private final Route route;
    private final HttpMethod method;
    private final URI uri;
    private final int redirectsLeft;

    // One of the two, if the request has a body.
    private @Nullable Body body;
    private @Nullable ByteArrayOutputStream buffer;

    /**
     * Creates it.
     *
     * @param factory sends what an answer redirects
     * @param redirectsLeft how many redirects are followed at most
     */
    MeshRequest(MeshRequestFactory factory, MeshHttp http, Route route, HttpMethod method, URI uri, int redirectsLeft) {
        this.factory = factory;
        this.http = http;
        this.route = route;
        this.method = method;
        this.uri = uri;
        this.redirectsLeft = redirectsLeft;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    public void setBody(Body streamed) {
        assertNotExecuted();
        Assert.state(
                buffer == null,
                "the body is written by getBody() already (expected: getBody() or setBody(), not both)");
        body = streamed;
    }

    @Override
    protected OutputStream getBodyInternal(HttpHeaders headers) {
        Assert.state(body == null, "the body is set by setBody() already (expected: getBody() or setBody(), not both)");
        if (buffer == null) {
            buffer = new ByteArrayOutputStream();
        }
        return buffer;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
        if (buffer != null) {
            setBuffered(buffer.toByteArray());
        }
        LoadBalancer balancer = balancer(http.mesh().startupWait());
        HttpHeaders sent = factory.cookies().addedTo(headers, uri);
        Declared declared = Declared.in(getAttributes());
        RequestRules rules = http.mesh().rules(balancer);
        HttpHead head = new HttpHead(method, uri, sent);
        PodExchange exchange = new PodExchange(
                new Destination(http, factory.settings(), uri), method, sent, body, SessionToken.of(rules, head));
        LeasedResponse answer = http.mesh()
                .attempts(balancer)
                .call(rules.contextOf(head, declared.context()), safety(declared), exchange);
        factory.cookies().keep(uri, answer.getHeaders());
        return redirected(answer, headers);
    }

    private ClientHttpResponse redirected(LeasedResponse answer, HttpHeaders headers) throws IOException {
        String location = answer.getHeaders().getFirst(HttpHeaders.LOCATION);
        Optional<Redirect> redirect = redirectsLeft == 0
                ? Optional.empty()
                : Redirect.of(uri, method, answer.getStatusCode().value(), location);
        Redirect next = redirect.orElse(null);
        if (next == null || (next.keepsBody() && body != null && !body.repeatable())) {
            return answer;
        }
        answer.drain();
        ClientHttpRequest request = factory.createRequest(next.uri(), next.method(), redirectsLeft - 1);
        request.getHeaders().putAll(next.headers(uri, headers));
        request.getAttributes().putAll(getAttributes());
        if (body != null && next.keepsBody()) {
            if (request instanceof StreamingHttpOutputMessage streaming) {
                streaming.setBody(body);
            } else {
                body.writeTo(request.getBody());
            }
        }
        return request.execute();
    }

    private void setBuffered(byte[] bytes) throws IOException {
        buffer = null;
        setBody(bytes);
    }

    /** A body that can be written only once makes every method one that is not repeated once the body was begun. */
    private Safety safety(Declared declared) {
        return body == null || body.repeatable() ? declared.safety(method) : Safety.UNSAFE;
    }

    private LoadBalancer balancer(Duration limit) throws IOException {
        Route.Search search = route.search();
        try {
            return search.found.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Rejection rejection = search.soFar();
            throw failure(rejection == null ? route.first() + ": nothing has been heard of it" : rejection.text(), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failure(String.valueOf(cause.getMessage()), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while waiting for " + route.first());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private static ConnectException failure(String text, Throwable cause) {
        ConnectException failure = new ConnectException(text);
        failure.initCause(cause);
        return failure;
    }
}
