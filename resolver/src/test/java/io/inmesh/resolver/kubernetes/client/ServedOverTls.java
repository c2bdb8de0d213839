package io.inmesh.resolver.kubernetes.client;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A server on the loopback that answers everything with 200, and notes who asked. */
final class ServedOverTls implements AutoCloseable {
    private final HttpsServer server;

    // Both are written by the server's thread before it answers, read after that.
    private volatile @Nullable String authorization;
    private volatile @Nullable String client;

    /**
     * Starts it.
     *
     * @param clients whose certificates it takes from clients, or null if it wants none
     */
    ServedOverTls(TestIdentity self, @Nullable TestIdentity clients, int port)
            throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(self.store(), TestIdentity.PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                keys.getKeyManagers(),
                clients == null ? null : trusting(clients).getTrustManagers(),
                null);
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        server = HttpsServer.create(new InetSocketAddress(loopback, port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setNeedClientAuth(clients != null);
                parameters.setSSLParameters(ssl);
            }
        });
        server.createContext("/", exchange -> {
            authorization = exchange.getRequestHeaders().getFirst("Authorization");
            client = client((HttpsExchange) exchange);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    private static TrustManagerFactory trusting(TestIdentity identity) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, TestIdentity.PASSWORD);
        store.setCertificateEntry("client", identity.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    private static @Nullable String client(HttpsExchange exchange) {
        try {
            return exchange.getSSLSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return null; // Nobody was asked for.
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "https://127.0.0.1:" + port();
    }

    /** The header of the last request. */
    @Nullable
    String authorization() {
        return authorization;
    }

    /** Whose certificate the last request came with. */
    @Nullable
    String client() {
        return client;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
