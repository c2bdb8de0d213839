package io.inmesh.spring;

import io.inmesh.spring.http.Declared;

/**
 * Attributes by which a caller says of a single HTTP request what its URL does not:
 *
 * <pre>{@code
 * client.post().uri("/orders").attribute(MeshRequests.IDEMPOTENT, true).attribute(MeshRequests.KEY, customer).body(order).retrieve()...
 * }</pre>
 *
 * <p>{@code RestClient} and {@code WebClient} have {@code attribute}; with {@code RestTemplate} an interceptor puts them into {@code
 * request.getAttributes()}, and HTTP interfaces take them by parameters that are {@code @RequestAttribute(name)}. In requests to other hosts they mean
 * nothing.
 */
public final class MeshRequests {
    /** The key of the request, for policies that follow keys; a {@code String}. Before {@code key.from}. */
    public static final String KEY = Declared.KEY;

    /** The token of the session that the request belongs to, for {@code affinity.mode=strong}; a {@code String}. Before {@code affinity.token}. */
    public static final String SESSION = Declared.SESSION;

    /**
     * Whether the request may be sent again, to another pod; a {@code Boolean}. Where nothing is said its method decides: {@code GET HEAD OPTIONS TRACE PUT
     * DELETE} may.
     */
    public static final String IDEMPOTENT = Declared.IDEMPOTENT;

    private MeshRequests() {}
}
