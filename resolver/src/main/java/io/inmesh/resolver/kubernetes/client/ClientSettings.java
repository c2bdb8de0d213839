package io.inmesh.resolver.kubernetes.client;

import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the API is built from.
 *
 * @param url where the API server is, without a final slash
 * @param tls who is taken for the server, and as whom this side shows itself; null for what the JDK does by default
 * @param proxy through which the server is reached; null for what the JDK's system properties say
 * @param proxyAuthorization the proxy's own header, or null
 * @param authorization as whom requests are sent
 */
record ClientSettings(
        String url,
        @Nullable SSLContext tls,
        @Nullable InetSocketAddress proxy,
        @Nullable String proxyAuthorization,
        Authorization authorization) {

    /** Without credentials, as the JDK does by default. */
    static ClientSettings plain(String url) {
        return new ClientSettings(bare(url), null, null, null, Authorization.NONE);
    }

    /** Without the final slash. */
    static String bare(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    @Override
    public String toString() {
        return "ClientSettings " + url; // Never who asks.
    }
}
