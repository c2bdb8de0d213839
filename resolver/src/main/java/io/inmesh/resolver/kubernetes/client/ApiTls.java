package io.inmesh.resolver.kubernetes.client;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to an API server, from what kubeconfig files and pods have: PEM. As with kubectl, an authority that is named is the only one that is trusted. */
final class ApiTls {
    private static final char[] PASSWORD = new char[0]; // Of a store that never leaves this process.

    /** From whom the server's certificate may come. */
    private final X509ExtendedTrustManager trust;

    private final KeyManager @Nullable [] keys;

    private ApiTls(X509ExtendedTrustManager trust, KeyManager @Nullable [] keys) {
        this.trust = trust;
        this.keys = keys;
    }

    /** Trusts those authorities and no others; null for the JDK's own. */
    static ApiTls trusting(byte @Nullable [] authorities) throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (authorities != null) {
            store = empty();
            int count = 0;
            for (Certificate each : Pem.certificates(authorities)) {
                store.setCertificateEntry("authority-" + count++, each);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager trust) {
                return new ApiTls(trust, null);
            }
        }
        throw new GeneralSecurityException("this JDK has no trust manager for X.509 (expected: one)");
    }

    /** Takes anybody for the server: what a kubeconfig asks for by insecure-skip-tls-verify. */
    static ApiTls trustingAnybody() {
        return new ApiTls(new Anybody(), null);
    }

    /** Looks for that name in the server's certificate, and not for the one in its address. */
    ApiTls forServer(String name) {
        return trust instanceof Anybody ? this : new ApiTls(new NamedServerTrust(trust, name), keys);
    }

    /** Shows that certificate where the server asks for one. */
    ApiTls as(byte[] certificate, byte[] key) throws GeneralSecurityException, IOException {
        Certificate[] chain = chain(Pem.certificates(certificate));
        KeyStore store = empty();
        store.setKeyEntry("client", Pem.key(key), PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD);
        return new ApiTls(trust, factory.getKeyManagers());
    }

    /** The first one and who vouches for it, one by one: files may have more, in any order, which the key store would refuse. */
    private static Certificate[] chain(List<Certificate> all) {
        List<Certificate> chain = new ArrayList<>(List.of(all.get(0)));
        for (Certificate next : all.subList(1, all.size())) {
            X509Certificate last = (X509Certificate) chain.get(chain.size() - 1);
            if (last.getIssuerX500Principal().equals(((X509Certificate) next).getSubjectX500Principal())) {
                chain.add(next);
            }
        }
        return chain.toArray(new Certificate[0]);
    }

    SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {trust}, null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        return store;
    }
}
