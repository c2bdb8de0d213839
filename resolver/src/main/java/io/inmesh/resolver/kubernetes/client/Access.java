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

    /** As a pod does (rule R-1). */
    record InPod(String host, String port) implements Access {
        public String url() {
            return "https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** As kubeconfig files say (rule R-7); the first that says something wins. */
    record Kubeconfig(List<Path> files) implements Access {}

    /** At an address, without credentials. */
    record Url(String url) implements Access {}
}
