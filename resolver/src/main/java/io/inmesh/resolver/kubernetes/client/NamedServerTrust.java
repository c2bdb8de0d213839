package io.inmesh.resolver.kubernetes.client;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a server that has a certain name in its certificate, whatever the address under which it was reached: a kubeconfig's tls-server-name, as for an
 * API server behind a tunnel. The JDK's HTTP client knows no such setting; it leaves the name to the trust manager.
 *
 * <p>Names are compared as RFC 6125 says: those in the certificate's subject alternative names alone, without regard to case, a wildcard standing for
 * the whole first label.
 */
final class NamedServerTrust extends X509ExtendedTrustManager {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private final X509ExtendedTrustManager authorities;
    private final String name;

    NamedServerTrust(X509ExtendedTrustManager authorities, String name) {
        this.authorities = authorities;
        this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        authorities.checkServerTrusted(chain, type);
        Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
        if (names == null || names.stream().noneMatch(this::isOurs)) {
            throw new CertificateException("the server's certificate does not have the name that tls-server-name of the"
                    + " kubeconfig says, '" + name + "' (it has: " + spelled(names) + ")");
        }
    }

    /** The kind of a name, and the name. */
    private boolean isOurs(List<?> alternative) {
        Object kind = alternative.get(0);
        if (!(alternative.get(1) instanceof String theirs)) {
            return false;
        }
        if (kind.equals(ADDRESS)) {
            return theirs.equals(name);
        }
        return kind.equals(DNS) && matches(theirs.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
    }

    private static boolean matches(String theirs, String ours) {
        if (!theirs.startsWith("*.")) {
            return theirs.equals(ours);
        }
        int dot = ours.indexOf('.');
        return dot > 0 && ours.substring(dot).equals(theirs.substring(1));
    }

    private static String spelled(@Nullable Collection<List<?>> names) {
        return names == null
                ? "none"
                : String.join(
                        ", ",
                        names.stream().map(each -> String.valueOf(each.get(1))).toList());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        authorities.checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        authorities.checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        authorities.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
