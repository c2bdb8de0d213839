package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.Redirect;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;

/** A request of WebClient that goes on to where an answer sent it, without what is not meant for there. */
final class RedirectedRequest extends OutgoingRequest {
    private final Redirect redirect;
    private final URI from;

    RedirectedRequest(ClientHttpRequest request, Redirect redirect, URI from) {
        super(request, redirect.uri());
        this.redirect = redirect;
        this.from = from;
    }

    @Override
    boolean dropsBody() {
        return !redirect.keepsBody();
    }

    @Override
    void complete(HttpHeaders headers, boolean hasBody) {
        HttpHeaders kept = redirect.headers(from, headers);
        headers.clear();
        headers.putAll(kept);
        if (!redirect.staysAt(from)) {
            getCookies().clear();
        }
    }
}
