package io.inmesh.spring.http;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Where an answer of 3xx sends the request, by the rules of the JDK's client, which Boot chooses where nothing else is: all are followed but
 * those from https to http; 303, and 301 and 302 to a POST, become a GET.
 *
 * @param uri where to
 * @param method how
 * @param keepsBody whether the body goes along
 */
public record Redirect(URI uri, HttpMethod method, boolean keepsBody) {
    /** As many as the JDK's client follows. */
    public static final int LIMIT = 5;

    private static final Set<String> ABOUT_BODY =
            Set.of("content-length", "content-type", "content-encoding", "transfer-encoding", "content-language");
    private static final Set<String> FOR_ONE_ORIGIN = Set.of("authorization", "proxy-authorization", "cookie", "host");

    /** Empty if the answer is to be handed to the caller as it is. */
    public static Optional<Redirect> of(URI from, HttpMethod method, int status, @Nullable String location) {
        boolean redirects = Set.of(301, 302, 303, 307, 308).contains(status);
        if (!redirects || location == null) {
            return Optional.empty();
        }
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Not a URL: the caller sees the answer and its header.
        }
        boolean downgrade = "https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme());
        if (to.getHost() == null || downgrade) {
            return Optional.empty();
        }
        boolean toGet = (status == 303 && !method.equals(HttpMethod.HEAD))
                || ((status == 301 || status == 302) && method.equals(HttpMethod.POST));
        return Optional.of(new Redirect(to, toGet ? HttpMethod.GET : method, !toGet));
    }

    /** The headers that go along: what is meant for one origin stays with it, what describes a body goes with the body. */
    public HttpHeaders headers(URI from, HttpHeaders headers) {
        HttpHeaders kept = new HttpHeaders();
        boolean sameOrigin = staysAt(from);
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean dropped =
                    (!keepsBody && ABOUT_BODY.contains(lower)) || (!sameOrigin && FOR_ONE_ORIGIN.contains(lower));
            if (!dropped) {
                kept.put(name, values);
            }
        });
        return kept;
    }

    /** True if it leads to the origin that it comes from. */
    public boolean staysAt(URI from) {
        return origin(from).equals(origin(uri));
    }

    private static String origin(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    }
}
