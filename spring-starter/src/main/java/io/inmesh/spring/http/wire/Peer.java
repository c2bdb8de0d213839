package io.inmesh.spring.http.wire;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection is to. Connections to equal peers serve each other's requests.
 *
 * @param host the name that the peer is to see, and to prove if there is TLS
 * @param address where it is, resolved
 * @param tls null for a connection without
 */
public record Peer(
        String host, InetSocketAddress address, @Nullable Tls tls) {}
