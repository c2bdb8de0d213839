package io.inmesh.resolver.kubernetes.client;

import java.nio.file.Path;
import java.util.List;

/** How the API is reached. */
public sealed interface Access {
    /** Where a pod finds its service account (rule R-1). */
    Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** The token in a pod. */
    Path TOKEN = ACCOUNT.resolve("token");

    /** The certificate authority in a pod. */
    Path CA = ACCOUNT.resolve("ca.crt");

    /**
     * As a pod does (rule R-1).
     *
     * @param host host of the API server, bare also for IPv6
     * @param port its port
     * @param account where the token and the certificate authority are
     */
    record InPod(String host, String port, Path account) implements Access {

        /** With the service account where every pod finds it. */
        public InPod(String host, String port) {
            this(host, port, ACCOUNT);
        }

        Path token() {
            return account.resolve(TOKEN.getFileName());
        }

        Path ca() {
            return account.resolve(CA.getFileName());
        }

        public String url() {
            return "https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** As kubeconfig files say (rule R-7); the first that says something wins. */
    record Kubeconfig(List<Path> files) implements Access {}

    /** At an address, without credentials. */
    record Url(String url) implements Access {}
}
