package io.inmesh.spring.http;

import io.inmesh.balancer.request.RequestHead;
import java.net.URI;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** A request as settings speak of it. */
public record HttpHead(HttpMethod verb, URI uri, HttpHeaders sent) implements RequestHead {
    @Override
    public List<String> headers(String name) {
        return sent.getOrEmpty(name);
    }

    @Override
    public String path() {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    @Override
    public String method() {
        return verb.name();
    }
}
