package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * TLS as an SSL bundle says, or as the JVM does by itself. The peer has to prove the name that it is called by, not its address.
 *
 * <p>Threads: any. Connections share it by identity.
 */
public final class Tls {
    private final SSLContext context;
    private final String @Nullable [] protocols;
    private final String @Nullable [] ciphers;

    private Tls(SSLContext context, String @Nullable [] protocols, String @Nullable [] ciphers) {
        this.context = context;
        this.protocols = protocols;
        this.ciphers = ciphers;
    }

    /**
     * As that bundle says.
     *
     * @param bundle null for as the JVM does
     * @throws IllegalStateException if that cannot be had
     */
    public static Tls of(@Nullable SslBundle bundle) {
        try {
            if (bundle == null) {
                return new Tls(SSLContext.getDefault(), null, null);
            }
            SslOptions options = bundle.getOptions();
            Tls tls = new Tls(bundle.createSslContext(), options.getEnabledProtocols(), options.getCiphers());
            SSLParameters parameters = tls.context.getDefaultSSLParameters();
            tls.addOptions(parameters);
            tls.context
                    .createSSLEngine()
                    .setSSLParameters(
                            parameters); // What the JVM does not know is refused here, not by the first request.
            return tls;
        } catch (NoSuchAlgorithmException | RuntimeException e) {
            throw new IllegalStateException(
                    (bundle == null ? "the JVM's TLS" : "the SSL bundle of spring.http.clients") + " cannot be used: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Begins it on a connection that is there. */
    SSLSocket over(Socket connected, Peer peer) throws IOException {
        String host =
                peer.host().endsWith(".") ? peer.host().substring(0, peer.host().length() - 1) : peer.host();
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(connected, host, peer.address().getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(List.of(new SNIHostName(host))); // The JDK by itself leaves names without a dot out.
        addOptions(parameters);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private void addOptions(SSLParameters parameters) {
        if (protocols != null) {
            parameters.setProtocols(protocols);
        }
        if (ciphers != null) {
            parameters.setCipherSuites(ciphers);
        }
    }
}
