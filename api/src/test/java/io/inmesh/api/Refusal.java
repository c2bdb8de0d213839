package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What the parser says to a text that it refuses, in the three parts that every refusal has. */
final class Refusal {
    private Refusal() {}

    /** What is wrong, after checking that the input stands before it and the accepted forms behind it. */
    static String of(String text) {
        return of(text, Target.DEFAULT_CLUSTER_DOMAIN);
    }

    static String of(String text, String clusterDomain) {
        Throwable thrown = catchThrowable(() -> Target.parse(text, clusterDomain));
        assertThat(thrown).as("thrown at '%s'", text).isExactlyInstanceOf(InvalidTargetException.class);
        String message = String.valueOf(thrown.getMessage());
        String before = "target '" + text + "': ";
        String behind = "; accepted: [k8s:///]SERVICE[.NAMESPACE][:PORT], ";
        assertThat(message).startsWith(before).contains(behind);
        assertThat(message.substring(message.lastIndexOf(behind)))
                .contains(
                        "SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN][:PORT]",
                        "HOST.SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN][:PORT]",
                        "_PORT._PROTOCOL.SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN]",
                        "k8s://NAMESPACE/SERVICE[:PORT]",
                        "k8s:///?pods=SELECTOR&namespace=NAMESPACE&port=PORT",
                        "OTHER-SCHEME:///PATH",
                        "?key=value&...",
                        "PORT is a service port's number or name");
        return message.substring(before.length(), message.lastIndexOf(behind));
    }
}
