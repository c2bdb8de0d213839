package io.inmesh.api;

import java.util.Map;

/**
 * What an application wants to reach, as it typed it. Three kinds: a Kubernetes service, pods by label selector, or whatever another
 * scheme means by its path.
 *
 * <pre>{@code
 * Target orders = Target.parse("orders.shop:http");
 * Target same = Target.parse("k8s:///orders.shop.svc.cluster.local:http?policy=round-robin");
 * Target pods = Target.parse("k8s:///?pods=app%3Dorders&namespace=shop&port=grpc");
 * Target fixed = Target.parse("static:///10.0.0.7:8080,10.0.0.8:8080");
 * }</pre>
 *
 * <p>Immutable; two targets are equal if they were typed alike, up to the order of parameters and to the letter case of schemes,
 * names, ports and keys of the query. {@code toString} prints a text that, read with the same cluster domain, is an equal target.
 */
public sealed interface Target permits ServiceTarget, PodsTarget, PathTarget {

    /** The scheme of Kubernetes, meant where a text names none. */
    String KUBERNETES = "k8s";

    /** The cluster domain unless configured otherwise (rule N-6). */
    String DEFAULT_CLUSTER_DOMAIN = "cluster.local";

    /** Which provider resolves it, lower case. */
    String scheme();

    /** Keys of the query that are settings ({@code policy} and so on), not part of what is reached. */
    Map<String, String> parameters();

    /** The same target without its settings: what decides which endpoints there are. */
    Target withoutParameters();

    /**
     * What the service calls itself on the wire: for HTTP the Host, for gRPC the {@code :authority}, for TLS (without a port) the
     * name that certificates carry. For services the host as typed, in lower case, and the port only if it is a number.
     */
    String authority();

    /**
     * Reads a text in a cluster of the default domain.
     *
     * @throws InvalidTargetException with the input, what is wrong with it and the accepted forms
     */
    static Target parse(String text) {
        return parse(text, DEFAULT_CLUSTER_DOMAIN);
    }

    /**
     * Reads a text.
     *
     * @param clusterDomain the domain under which the cluster's names end, such as {@code cluster.local}
     * @throws InvalidTargetException with the input, what is wrong with it and the accepted forms
     */
    static Target parse(String text, String clusterDomain) {
        return new TargetParser(text, clusterDomain).parse();
    }

    /** The scheme a text names, or {@link #KUBERNETES} if it names none. Does not check the rest. */
    static String schemeOf(String text) {
        return TargetParser.schemeOf(text);
    }
}
