package io.inmesh.spring.http;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.http.HttpHeaders;

/**
 * The cookies that services set, if {@code spring.http.clients.cookie-handling} says so. Kept by the service's name, so that a cookie set by one
 * pod is sent to all.
 *
 * <p>Threads: any.
 *
 * @param jar where they are kept, or null if they are not
 */
public record Cookies(@Nullable CookieManager jar) {

    public static Cookies of(@Nullable HttpCookieHandling handling) {
        boolean kept = handling == HttpCookieHandling.ENABLE || handling == HttpCookieHandling.ENABLE_WHEN_POSSIBLE;
        return new Cookies(kept ? new CookieManager() : null);
    }

    /** The headers with what is kept for that URL. */
    public HttpHeaders addedTo(HttpHeaders headers, URI uri) throws IOException {
        if (jar == null) {
            return headers;
        }
        HttpHeaders more = HttpHeaders.copyOf(headers);
        jar.get(uri, asMap(headers)).forEach((name, values) -> values.forEach(value -> more.add(name, value)));
        return more;
    }

    public void keep(URI uri, HttpHeaders answered) throws IOException {
        if (jar != null) {
            jar.put(uri, asMap(answered));
        }
    }

    private static Map<String, List<String>> asMap(HttpHeaders headers) {
        Map<String, List<String>> map = new LinkedHashMap<>();
        headers.forEach(map::put);
        return map;
    }
}
