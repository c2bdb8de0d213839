package io.inmesh.spring.cloud;

/**
 * Properties {@code inmesh.cloud.*} as the bridge needs them.
 *
 * @param https whether https goes to addresses of pods, for which their certificates have to be made then
 */
public record BridgeSettings(boolean https) {

    /** True if such a request is not to be sent. */
    boolean refuses(boolean secure) {
        return secure && !https;
    }

    /** What its caller is told. */
    static IllegalStateException refusalOfHttps(String serviceId) {
        return new IllegalStateException("https://" + serviceId
                + "/ by Spring Cloud LoadBalancer would go to a pod's address, and the certificate be checked against that"
                + " (expected: a client that is not @LoadBalanced, which keeps the service's name, or inmesh.cloud.https=true"
                + " if the pods' certificates are made for their addresses)");
    }
}
