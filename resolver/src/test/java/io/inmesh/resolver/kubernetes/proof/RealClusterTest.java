package io.inmesh.resolver.kubernetes.proof;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The same tests against a real cluster: that of the kubeconfig which system property {@value #KUBECONFIG} names, in the namespace of
 * {@value #NAMESPACE}, which must exist. The module's README says what rights are needed and what is created.
 */
@EnabledIf(value = "isGiven", disabledReason = RealClusterTest.REASON)
class RealClusterTest extends ClusterBehaviour {
    static final String KUBECONFIG = "inmesh.it.kubeconfig";
    static final String NAMESPACE = "inmesh.it.namespace";
    static final String REASON = "no cluster to test against (expected: system properties " + KUBECONFIG + " and "
            + NAMESPACE + ", see the README of the resolver module)";

    RealClusterTest() throws IOException {
        super(Path.of(System.getProperty(KUBECONFIG, "")), System.getProperty(NAMESPACE, ""));
    }

    static boolean isGiven() {
        boolean given = System.getProperty(KUBECONFIG) != null && System.getProperty(NAMESPACE) != null;
        if (!given) {
            System.out.println("skipped: " + REASON);
        }
        return given;
    }
}
