package io.inmesh.spring.http;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.attempt.Exchange;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.ReactorClientHttpRequestFactory;

/**
 * One HTTP request of a blocking client, sent to one pod after the other as {@link io.inmesh.balancer.attempt.Attempts} says.
 *
 * <p>Threads: the requesting one; where attempts are timed or hedged, one for each of them.
 */
final class PodExchange implements Exchange<LeasedResponse, IOException> {
    private final Destination destination;
    private final OutcomeClassifier classifier;
    private final HttpMethod method;
    private final HttpHeaders headers;
    private final StreamingHttpOutputMessage.@Nullable Body body;
    private final SessionToken session;
    private final FailedAttempts failures;

    /** Attempts under way, to be found by whoever takes one back. */
    private final Map<Lease, Sending> underWay = new ConcurrentHashMap<>();

    PodExchange(
            Destination destination,
            HttpMethod method,
            HttpHeaders headers,
            StreamingHttpOutputMessage.@Nullable Body body,
            SessionToken session) {
        this.destination = destination;
        this.classifier = destination.http().mesh().engine().classifier();
        this.method = method;
        this.headers = headers;
        this.body = body;
        this.session = session;
        this.failures = new FailedAttempts(destination.host(), classifier);
    }

    @Override
    public LeasedResponse send(Lease lease) throws IOException {
        return send(lease, new Sending());
    }

    LeasedResponse send(Lease lease, Sending sending) throws IOException {
        underWay.put(lease, sending);
        int attempt = session.attempt();
        try {
            ClientHttpResponse answer = request(lease, sending).execute();
            HttpHeaders answered = session.addedTo(answer.getHeaders(), lease.endpoint(), attempt);
            return new LeasedResponse(answer, answered, sending, lease, destination.host(), classifier);
        } catch (IOException e) {
            Throwable told = failures.told(lease.endpoint(), e, sending, body == null || body.repeatable());
            if (told instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (IOException) told;
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

    private ClientHttpRequest request(Lease lease, Sending sending) throws IOException {
        ReactorClientHttpRequestFactory factory = new ReactorClientHttpRequestFactory(
                destination.clientFor(destination.addressOf(lease.endpoint()), sending));
        factory.setExecutor(destination.http().writers());
        ClientHttpRequest request = factory.createRequest(destination.pathAndQuery(), method);
        HttpHeaders own = request.getHeaders();
        own.putAll(headers);
        destination.complete(own, method, body != null);
        if (body != null) {
            ((StreamingHttpOutputMessage) request).setBody(sending.watched(body));
        }
        return request;
    }

    @Override
    public Outcome outcomeOf(LeasedResponse answer) {
        return answer.outcome();
    }

    @Override
    public Outcome outcomeOf(Exception error) {
        return failures.outcomeOf(error);
    }

    /** Waits for nothing, unlike {@link LeasedResponse#close}: whoever comes here is about to send the request again. */
    @Override
    public void discard(LeasedResponse answer) {
        if (HttpOutcome.isWorthReading(answer.outcome())) {
            answer.drain();
        } else {
            answer.abandon();
        }
    }

    @Override
    public IOException failure(Exception reason) {
        return Failures.ofNobody(reason, destination.host());
    }
}
