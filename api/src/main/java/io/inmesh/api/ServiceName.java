package io.inmesh.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a service inside a cluster, as rules N-1 to N-5 read it: {@code svc}, {@code svc.ns}, {@code svc.ns.svc}, the same with
 * a cluster domain, and {@code host.svc.ns.svc} for one host of a headless service. Two labels are always service and namespace,
 * unlike in DNS, where the answer depends on what exists.
 *
 * @param service the service
 * @param namespace the namespace, or null for the client's own
 * @param host the host name inside a headless service, or null for all of them
 * @param typed the name as typed, in lower case and without a final dot
 */
public record ServiceName(
        String service,
        @Nullable String namespace,
        @Nullable String host,
        String typed) {

    private static final int MAX_LABEL = 63;
    private static final String MARK = "svc";

    /** Checks that all are labels, and that what was typed says the rest (but for a namespace, which may be said beside it). */
    public ServiceName {
        checkLabel(service, service);
        if (namespace != null) {
            checkLabel(namespace, namespace);
        }
        labels(typed, typed);
        if (!says(typed, service, namespace, host)) {
            throw new InvalidTargetException("typed name '" + typed + "' (expected: one that says host " + host
                    + ", service " + service + " and namespace " + namespace + ")");
        }
    }

    private static boolean says(String typed, String service, @Nullable String namespace, @Nullable String host) {
        if (typed.equals(service)) {
            return host == null;
        }
        String named = (host == null ? "" : host + ".") + service + "." + namespace;
        boolean marked = typed.equals(named + "." + MARK) || typed.startsWith(named + "." + MARK + ".");
        return namespace != null && (marked || (host == null && typed.equals(named)));
    }

    /**
     * Reads a host name; empty if it is none of ours (rule N-5): an IP literal, {@code localhost}, a dotted name of more than two labels without
     * {@code svc} in place, or no host name at all. Such names belong to the caller's normal resolver.
     *
     * @param clusterDomain the cluster's domain, such as {@code cluster.local}
     */
    public static Optional<ServiceName> ofHost(String host, String clusterDomain) {
        try {
            ServiceName name = parse(host, clusterDomain);
            return name.typed().equals("localhost") ? Optional.empty() : Optional.of(name);
        } catch (InvalidTargetException e) {
            return Optional.empty(); // The refusal is the answer here: the name is not ours.
        }
    }

    /** True if the name says {@code svc} where a cluster name has it, so that it can be nothing else. */
    public boolean isMarked() {
        return namespace != null && typed.split("\\.", -1).length > 2;
    }

    /** True if the namespace stands in the typed name, not beside it. */
    boolean namespaceIsTyped() {
        return namespace != null && typed.indexOf('.') >= 0;
    }

    /** The same name in a namespace that was said beside it. */
    ServiceName inNamespace(String said) {
        return new ServiceName(service, said, host, typed);
    }

    /**
     * Reads a name.
     *
     * @throws InvalidTargetException saying what is wrong, without the accepted forms
     */
    static ServiceName parse(String text, String clusterDomain) {
        String typed = lowerCase(text);
        if (typed.endsWith(".")) {
            typed = typed.substring(0, typed.length() - 1);
        }
        List<String> labels = labels(typed, text);
        if (isIpv4(labels)) {
            throw new InvalidTargetException("'" + text + "' is an IP address, not a service");
        }
        if (labels.size() == 1) {
            return new ServiceName(labels.get(0), null, null, typed);
        }
        if (labels.size() == 2) {
            return new ServiceName(labels.get(0), labels.get(1), null, typed);
        }
        if (isMarkedAt(2, labels, clusterDomain)) {
            return new ServiceName(labels.get(0), labels.get(1), null, typed);
        }
        if (isMarkedAt(3, labels, clusterDomain)) {
            return new ServiceName(labels.get(1), labels.get(2), labels.get(0), typed);
        }
        throw new InvalidTargetException(
                "'" + text + "' has more than two labels and is no cluster name: those have 'svc' as third"
                        + " (or, with a host, fourth) label and end there or with '" + clusterDomain + "'");
    }

    /** Lower case of A-Z alone: to the JDK a Kelvin sign is a capital k, and N-9 admits no such character. */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return lower.toString();
    }

    private static List<String> labels(String name, String text) {
        List<String> labels = List.of(name.split("\\.", -1));
        labels.forEach(label -> checkLabel(label, text));
        return labels;
    }

    static void checkLabel(String label, String text) {
        if (label.isEmpty()) {
            throw new InvalidTargetException(
                    "'" + text + "' has an empty label (expected: at least one letter or digit)");
        }
        if (label.length() > MAX_LABEL) {
            throw new InvalidTargetException("label '" + label + "' has " + label.length()
                    + " characters (expected: at most " + MAX_LABEL + ")");
        }
        for (int i = 0; i < label.length(); i++) {
            if (!isLabelCharacter(label.charAt(i))) {
                throw new InvalidTargetException("label '" + label + "' contains '"
                        + Character.toString(label.codePointAt(i)) + "' (expected: a-z, 0-9 and '-')");
            }
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw new InvalidTargetException(
                    "label '" + label + "' starts or ends with '-' (expected: a letter or digit at both ends)");
        }
    }

    private static boolean isLabelCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }

    private static boolean isIpv4(List<String> labels) {
        return labels.size() == 4
                && labels.stream().allMatch(label -> label.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    private static boolean isMarkedAt(int index, List<String> labels, String clusterDomain) {
        if (labels.size() <= index || !labels.get(index).equals(MARK)) {
            return false;
        }
        String rest = String.join(".", labels.subList(index + 1, labels.size()));
        String domain = lowerCase(clusterDomain);
        return rest.isEmpty() || rest.equals(domain) || domain.equals(rest + ".");
    }
}
