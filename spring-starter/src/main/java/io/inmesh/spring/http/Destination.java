package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * A URL of ours as one connection after the other sees it. The pod's address goes below, to the connection; what the peer sees, Host and TLS name,
 * is the service's.
 *
 * @param http has the connections
 * @param settings timeouts and so on
 * @param uri the URL as the caller said it
 */
public record Destination(MeshHttp http, HttpClientSettings settings, URI uri) {
    private static final String SECURE = "https";
    private static final Set<HttpMethod> WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

    /** The service's name. */
    public String host() {
        return uri.getHost();
    }

    /**
     * The pod's address under the service's name: the connection takes the one, TLS and the pool the other. Waits for DNS where the endpoint is
     * named and not numbered.
     */
    public InetSocketAddress addressOf(Endpoint endpoint) throws IOException {
        InetAddress pod = InetAddress.getByName(endpoint.host());
        InetAddressFilter filter = settings.inetAddressFilter();
        if (filter != null && !filter.matches(pod)) {
            throw new Refused("the application's InetAddressFilter does not allow " + pod.getHostAddress());
        }
        return new InetSocketAddress(InetAddress.getByAddress(host(), pod.getAddress()), endpoint.port());
    }

    /** True if the endpoint's address needs no look-up. */
    public static boolean isNumbered(Endpoint endpoint) {
        String host = endpoint.host();
        String last = host.substring(host.lastIndexOf('.') + 1); // Of a name it is never a number (RFC 3696, 2).
        return host.indexOf(':') >= 0 || last.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Whether it is reached through TLS. */
    public boolean isSecure() {
        return SECURE.equalsIgnoreCase(uri.getScheme());
    }

    /** What stands in the request's first line, in ASCII. */
    public String target() {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String whole = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        return whole.chars().allMatch(c -> c < 128) ? whole : inAscii().target();
    }

    private Destination inAscii() {
        return new Destination(http, settings, URI.create(uri.toASCIIString()));
    }

    /** The same as a URI. Of every URL that is one at all: nothing is thrown. */
    public URI pathAndQuery() {
        String whole = target();
        // By itself that would be an authority that is missing; with a dot segment it is the same path (RFC 3986,
        // 5.2.4).
        return URI.create(whole.equals("//") ? "/.//" : whole);
    }

    /** Adds what a client that went to the service itself would add. */
    public void complete(HttpHeaders headers) {
        if (!headers.containsHeader(HttpHeaders.HOST)) {
            headers.set(HttpHeaders.HOST, uri.getPort() < 0 ? host() : host() + ":" + uri.getPort());
        }
    }

    /** The same, and what Reactor Netty does not add by itself. */
    public void complete(HttpHeaders headers, HttpMethod method, boolean hasBody) {
        complete(headers);
        if (!hasBody && headers.getContentLength() < 0 && WITH_BODY.contains(method)) {
            headers.setContentLength(0); // Else it would be sent as an empty chunked body.
        }
    }

    /** Our own side's refusal to connect: says nothing of the endpoint. */
    static final class Refused extends ConnectException {
        private static final long serialVersionUID = 1L;

        private Refused(String message) {
            super(message);
        }
    }
}
