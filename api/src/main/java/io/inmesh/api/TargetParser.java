package io.inmesh.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link Target}: scheme, authority, path, query, in the forms of rules N-1 to N-10. Used once. */
final class TargetParser {
    private static final String FORMS = """
            accepted: [k8s:///]SERVICE[.NAMESPACE][:PORT], SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN][:PORT], \
            HOST.SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN][:PORT], _PORT._PROTOCOL.SERVICE.NAMESPACE.svc[.CLUSTER-DOMAIN], \
            k8s://NAMESPACE/SERVICE[:PORT], k8s:///?pods=SELECTOR&namespace=NAMESPACE&port=PORT, OTHER-SCHEME:///PATH; \
            each with ?key=value&...; PORT is a service port's number or name""";

    private static final String SEPARATOR = "://";
    private static final int MAX_PORT = 65535;

    private final String text;
    private final String clusterDomain;

    TargetParser(String text, String clusterDomain) {
        this.text = text;
        this.clusterDomain = clusterDomain;
    }

    static String schemeOf(String text) {
        int end = schemeEnd(text);
        return end < 0 ? Target.KUBERNETES : ServiceName.lowerCase(text.substring(0, end));
    }

    static boolean isNumber(String port) {
        return !port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    Target parse() {
        try {
            return parseOrRefuse();
        } catch (InvalidTargetException e) {
            throw new InvalidTargetException("target '" + text + "': " + e.getMessage() + "; " + FORMS);
        }
    }

    private Target parseOrRefuse() {
        TargetQuery.checkCharacters(text);
        String scheme = schemeOf(text);
        checkScheme(scheme);
        int question = text.indexOf('?');
        String front = question < 0 ? text : text.substring(0, question);
        Map<String, String> parameters = question < 0 ? Map.of() : TargetQuery.parse(text.substring(question + 1));
        String authority = "";
        String path = front;
        int schemeEnd = schemeEnd(text);
        if (schemeEnd >= 0) {
            String rest = front.substring(schemeEnd + SEPARATOR.length());
            int slash = rest.indexOf('/');
            if (slash < 0) {
                throw refusal("'" + scheme + "://" + rest + "' has no third '/' (did you mean '" + scheme + ":///"
                        + rest + "'?)");
            }
            authority = rest.substring(0, slash);
            path = rest.substring(slash + 1);
        }
        return scheme.equals(Target.KUBERNETES)
                ? kubernetes(authority, path, parameters)
                : other(scheme, authority, path, parameters);
    }

    private static int schemeEnd(String text) {
        int separator = text.indexOf(SEPARATOR);
        int question = text.indexOf('?');
        return question >= 0 && question < separator ? -1 : separator;
    }

    static void checkScheme(String scheme) {
        boolean letterFirst = !scheme.isEmpty() && scheme.charAt(0) >= 'a' && scheme.charAt(0) <= 'z';
        boolean rest = scheme.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.');
        if (!letterFirst || !rest) {
            throw refusal("scheme '" + scheme + "' (expected: a letter, then letters, digits, '+', '-' or '.')");
        }
    }

    private static PathTarget other(String scheme, String authority, String path, Map<String, String> parameters) {
        if (!authority.isEmpty()) {
            throw refusal("'" + authority + "' stands between '" + scheme
                    + "://' and the path (expected: nothing, as in '" + scheme + ":///" + path + "')");
        }
        return new PathTarget(scheme, path, parameters);
    }

    private Target kubernetes(String authority, String path, Map<String, String> parameters) {
        Map<String, String> settings = new LinkedHashMap<>(parameters);
        String named = settings.remove(TargetQuery.PROTOCOL);
        Protocol protocol = named == null ? null : protocol(named);
        if (!authority.isEmpty()) {
            checkNamespace(authority);
        }
        String said = authority.isEmpty() ? null : ServiceName.lowerCase(authority);
        if (settings.containsKey(TargetQuery.PODS)) {
            return pods(said, path, protocol, settings);
        }
        for (String key : new String[] {TargetQuery.NAMESPACE, TargetQuery.PORT}) {
            if (settings.containsKey(key)) {
                throw refusal("query key '" + key
                        + "' goes with 'pods' only (expected: it in the name, as in 'SERVICE.NAMESPACE:PORT')");
            }
        }
        return service(said, path, protocol, settings);
    }

    private void checkNamespace(String authority) {
        if (authority.indexOf('.') >= 0 || authority.indexOf(':') >= 0) {
            throw refusal("'" + authority + "' stands where a namespace may stand (did you mean 'k8s:///" + authority
                    + "'?)");
        }
        ServiceName.checkLabel(ServiceName.lowerCase(authority), authority);
    }

    private static PodsTarget pods(
            @Nullable String authority, String path, @Nullable Protocol protocol, Map<String, String> settings) {
        if (!path.isEmpty()) {
            throw refusal("both a name ('" + path + "') and the query key 'pods' are given (expected: one of them)");
        }
        String selector = Objects.requireNonNull(settings.remove(TargetQuery.PODS));
        String namespace = settings.remove(TargetQuery.NAMESPACE);
        namespace = namespace == null ? authority : agreed(authority, ServiceName.lowerCase(namespace));
        String port = settings.remove(TargetQuery.PORT);
        return new PodsTarget(selector, namespace, port, orTcp(protocol), settings);
    }

    private static Protocol orTcp(@Nullable Protocol protocol) {
        return protocol == null ? Protocol.TCP : protocol;
    }

    private ServiceTarget service(
            @Nullable String authority, String path, @Nullable Protocol protocol, Map<String, String> settings) {
        if (path.indexOf('/') >= 0) {
            throw refusal("'" + path + "' contains '/'");
        }
        if (path.startsWith("[") || path.indexOf(':') != path.lastIndexOf(':')) {
            throw refusal("'" + path + "' is an IP address or has more than one ':'");
        }
        int colon = path.indexOf(':');
        String name = colon < 0 ? path : path.substring(0, colon);
        String port = colon < 0 ? null : path.substring(colon + 1);
        if (!name.startsWith("_")) {
            return new ServiceTarget(name(authority, name), port, orTcp(protocol), settings);
        }
        if (port != null) {
            throw refusal("'" + name + "' names its port, and ':" + port + "' names one again (expected: one of them)");
        }
        return srv(authority, name, protocol, settings);
    }

    private ServiceTarget srv(
            @Nullable String authority, String name, @Nullable Protocol said, Map<String, String> settings) {
        String[] parts = name.split("\\.", 3);
        if (parts.length < 3 || !parts[1].startsWith("_")) {
            throw refusal("'" + name + "' starts like an SRV name and is none (expected: _PORT._PROTOCOL.SERVICE...)");
        }
        String portName = parts[0].substring(1);
        if (isNumber(portName)) {
            throw refusal(
                    "'" + parts[0] + "' is a number (expected: a port's name, SRV names exist for named ports only)");
        }
        Protocol protocol = protocol(parts[1].substring(1));
        if (said != null && said != protocol) {
            throw refusal("protocol '" + parts[1] + "' in the name and '" + said.lowerCase()
                    + "' in the query differ (expected: one protocol)");
        }
        return new ServiceTarget(name(authority, parts[2]), portName, protocol, settings);
    }

    private ServiceName name(@Nullable String authority, String typed) {
        if (typed.isEmpty()) {
            throw refusal("no service is named");
        }
        ServiceName name = ServiceName.parse(typed, clusterDomain);
        if (authority == null) {
            return name;
        }
        String named = name.namespace();
        return named == null ? name.inNamespace(authority) : name.inNamespace(agreed(authority, named));
    }

    private static String agreed(@Nullable String authority, String named) {
        if (authority != null && !authority.equals(named)) {
            throw refusal("namespace '" + authority + "' before the path and '" + named
                    + "' in it differ (expected: one namespace)");
        }
        return named;
    }

    /** A port as it is kept: a number without leading zeros, or a name in lower case. */
    static String port(String text) {
        if (text.isEmpty()) {
            throw refusal("the port is empty (expected: a port's number or name)");
        }
        String port = ServiceName.lowerCase(text);
        if (isNumber(port)) {
            return number(port);
        }
        ServiceName.checkLabel(port, port);
        return port;
    }

    private static String number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        boolean inRange = significant.length() <= 5
                && Integer.parseInt(significant) >= 1
                && Integer.parseInt(significant) <= MAX_PORT;
        if (!inRange) {
            throw refusal("port " + digits + " (expected: 1.." + MAX_PORT + ")");
        }
        return significant;
    }

    private static Protocol protocol(String name) {
        Supplier<InvalidTargetException> unknown =
                () -> refusal("protocol '" + name + "' (expected: tcp, udp or sctp)");
        return Protocol.named(name).orElseThrow(unknown);
    }

    private static InvalidTargetException refusal(String what) {
        return new InvalidTargetException(what);
    }
}
