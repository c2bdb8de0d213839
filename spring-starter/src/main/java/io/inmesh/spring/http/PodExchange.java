package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.balancer.attempt.Exchange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import reactor.netty.http.client.HttpClient;

/**
 * One HTTP request, sent to one pod after the other as {@link io.inmesh.balancer.attempt.Attempts} says. The pod's address goes below, to the
 * connection; what the peer sees, Host and TLS name, is the service's.
 *
 * <p>Threads: the requesting one; where attempts are timed or hedged, one for each of them.
 */
final class PodExchange implements Exchange<LeasedResponse, IOException> {
    private static final String SECURE = "https";
    private static final Set<HttpMethod> WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

    private final MeshHttp http;
    private final OutcomeClassifier classifier;
    private final HttpClientSettings settings;
    private final HttpMethod method;
    private final URI uri;
    private final HttpHeaders headers;
    private final StreamingHttpOutputMessage.@Nullable Body body;

    /** What failed attempts came to, by what was thrown. Written by the attempt's thread before it throws, read after. */
    private final Map<Exception, Outcome> failures = new ConcurrentHashMap<>();

    /** Attempts under way, to be found by whoever takes one back. */
    private final Map<Lease, Sending> underWay = new ConcurrentHashMap<>();

    PodExchange(
            MeshHttp http,
            HttpClientSettings settings,
            HttpMethod method,
            URI uri,
            HttpHeaders headers,
            StreamingHttpOutputMessage.@Nullable Body body) {
        this.http = http;
        this.classifier = http.mesh().engine().classifier();
        this.settings = settings;
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
    }

    @Override
    public LeasedResponse send(Lease lease) throws IOException {
        Sending sending = new Sending();
        underWay.put(lease, sending);
        try {
            InetSocketAddress address = addressOf(lease.endpoint());
            ClientHttpRequest request = request(address, sending);
            return new LeasedResponse(request.execute(), lease, uri.getHost(), classifier);
        } catch (IOException e) {
            throw failed(lease.endpoint(), e, sending);
        } finally {
            underWay.remove(lease);
        }
    }

    @Override
    public void cancel(Lease lease) {
        Sending sending = underWay.get(lease);
        if (sending != null) {
            sending.cancel();
        }
    }

    /** An answer's body is read by the caller, and its request is in flight until then. */
    @Override
    public boolean keepsLease() {
        return true;
    }

    /** The pod's address under the service's name: the connection takes the one, TLS and the pool the other. */
    private InetSocketAddress addressOf(Endpoint endpoint) throws IOException {
        InetAddress pod = InetAddress.getByName(endpoint.host());
        InetAddressFilter filter = settings.inetAddressFilter();
        if (filter != null && !filter.matches(pod)) {
            throw new Refused("the application's InetAddressFilter does not allow " + pod.getHostAddress());
        }
        return new InetSocketAddress(InetAddress.getByAddress(uri.getHost(), pod.getAddress()), endpoint.port());
    }

    private ClientHttpRequest request(InetSocketAddress address, Sending sending) throws IOException {
        HttpClient client = http.client(settings, SECURE.equalsIgnoreCase(uri.getScheme()))
                .remoteAddress(() -> address)
                .doOnRequest((request, connection) -> sending.carriedBy(connection.channel()));
        ReactorClientHttpRequestFactory factory = new ReactorClientHttpRequestFactory(client);
        factory.setExecutor(http.writers());
        ClientHttpRequest request = factory.createRequest(URI.create(pathAndQuery()), method);
        HttpHeaders own = request.getHeaders();
        own.putAll(headers);
        if (!own.containsHeader(HttpHeaders.HOST)) {
            own.set(HttpHeaders.HOST, uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
        }
        if (body != null) {
            ((StreamingHttpOutputMessage) request).setBody(sending.watched(body));
        } else if (own.getContentLength() < 0 && mayHaveBody()) {
            own.setContentLength(0); // Else it would be sent as an empty chunked body.
        }
        return request;
    }

    private boolean mayHaveBody() {
        return WITH_BODY.contains(method);
    }

    private String pathAndQuery() {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private IOException failed(Endpoint endpoint, IOException error, Sending sending) {
        Throwable written = sending.bodyFailure();
        if (written != null && Failures.isCausedBy(error, written)) {
            // The request itself could not be written: no endpoint can help.
            failures.put(error, Outcome.CANCELLED);
            if (written instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            return error;
        }
        IOException told = Failures.told(error, uri.getHost(), endpoint);
        failures.put(
                told,
                error instanceof Refused
                        ? Outcome.CANCELLED
                        : classifier.classify(
                                Wire.HTTP,
                                OutcomeClassifier.NO_CODE,
                                Failures.classified(told),
                                sending.delivery(body)));
        return told;
    }

    @Override
    public Outcome outcomeOf(LeasedResponse answer) {
        return answer.outcome();
    }

    @Override
    public Outcome outcomeOf(Exception error) {
        return Objects.requireNonNull(failures.get(error), "thrown by send");
    }

    @Override
    public void discard(LeasedResponse answer) {
        answer.close();
    }

    @Override
    public IOException failure(Exception reason) {
        return Failures.ofNobody(reason, uri.getHost());
    }

    /** Our own side's refusal to connect: says nothing of the endpoint. */
    private static final class Refused extends ConnectException {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }
}
