package io.inmesh.spring.http.blocking;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.attempt.Exchange;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.FailedAttempts;
import io.inmesh.spring.http.Failures;
import io.inmesh.spring.http.HttpOutcome;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.SessionToken;
import io.inmesh.spring.http.wire.Limits;
import io.inmesh.spring.http.wire.Peer;
import io.inmesh.spring.http.wire.WireClient;
import io.inmesh.spring.http.wire.WireRequest;
import io.inmesh.spring.http.wire.WireResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;

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
    private final Map<Lease, BlockingSending> underWay = new ConcurrentHashMap<>();

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
        return send(lease, new BlockingSending());
    }

    LeasedResponse send(Lease lease, BlockingSending sending) throws IOException {
        underWay.put(lease, sending);
        int attempt = session.attempt();
        try {
            WireClient client = destination.http().connections(WireClient.class, WireClient::new);
            WireResponse answer =
                    client.send(peer(lease.endpoint(), client), limits(), request(sending), sending.transmission());
            HttpHeaders answered = session.addedTo(answer.getHeaders(), lease.endpoint(), attempt);
            return new LeasedResponse(answer, answered, client, lease, destination.host(), classifier);
        } catch (IOException e) {
            throw told(lease, e, sending);
        } catch (RuntimeException e) {
            sending.bodyFailed(e); // Whatever it is, it is the request's.
            throw told(lease, e, sending);
        } catch (Exception e) { // Of a body that does not say what it throws.
            IOException undeclared = new IOException(destination.host() + ": the request's body: " + e, e);
            sending.bodyFailed(undeclared);
            throw told(lease, undeclared, sending);
        } finally {
            underWay.remove(lease);
        }
    }

    private IOException told(Lease lease, Exception error, BlockingSending sending) {
        Throwable own = sending.transmission().bodyFailure();
        if (own == error) {
            sending.bodyFailed(own);
        }
        Throwable told = failures.told(lease.endpoint(), error, sending, body == null || body.repeatable());
        if (told instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return (IOException) told;
    }

    @Override
    public void cancel(Lease lease) {
        BlockingSending sending = underWay.get(lease);
        if (sending != null) {
            sending.transmission().cancel();
        }
    }

    /** An answer's body is read by the caller, and its request is in flight until then. */
    @Override
    public boolean keepsLease() {
        return true;
    }

    private Peer peer(Endpoint endpoint, WireClient client) throws IOException {
        InetSocketAddress address = destination.addressOf(endpoint);
        SslBundle bundle = destination.settings().sslBundle();
        return new Peer(destination.host(), address, destination.isSecure() ? client.tls(bundle) : null);
    }

    private Limits limits() {
        return new Limits(
                MeshHttp.connectTimeout(destination.settings()),
                destination.settings().readTimeout());
    }

    private WireRequest request(BlockingSending sending) {
        HttpHeaders own = HttpHeaders.copyOf(headers);
        destination.complete(own);
        return new WireRequest(method, destination.target(), own, body == null ? null : sending.watched(body));
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
