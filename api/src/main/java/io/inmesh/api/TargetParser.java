package io.inmesh.api;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
        return end < 0 ? Target.KUBERNETES : text.substring(0, end).toLowerCase(Locale.ROOT);
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
                throw refusal("nothing stands behind '" + scheme + "://" + rest + "' (did you mean '" + scheme + ":///"
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

    private static void checkScheme(String scheme) {
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
        if (path.isEmpty()) {
            throw refusal("nothing stands behind '" + scheme + ":///'");
        }
        return new PathTarget(scheme, path, parameters);
    }

    private Target kubernetes(String authority, String path, Map<String, String> parameters) {
        Map<String, String> settings = new LinkedHashMap<>(parameters);
        Protocol protocol = protocol(settings.remove(TargetQuery.PROTOCOL));
        if (!authority.isEmpty()) {
            checkNamespace(authority);
        }
        String said = authority.isEmpty() ? null : authority.toLowerCase(Locale.ROOT);
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
        ServiceName.checkLabel(authority.toLowerCase(Locale.ROOT), authority);
    }

    private static PodsTarget pods(
            @Nullable String authority, String path, Protocol protocol, Map<String, String> settings) {
        if (!path.isEmpty()) {
            throw refusal("both a name ('" + path + "') and the query key 'pods' are given (expected: one of them)");
        }
        String selector = removeKnown(settings, TargetQuery.PODS).trim();
        if (selector.isEmpty()) {
            throw refusal(
                    "the query key 'pods' is empty (expected: a label selector; an empty one would match every pod)");
        }
        String namespace = authority;
        if (settings.containsKey(TargetQuery.NAMESPACE)) {
            String named = removeKnown(settings, TargetQuery.NAMESPACE).toLowerCase(Locale.ROOT);
            ServiceName.checkLabel(named, named);
            namespace = agreed(authority, named);
        }
        String port = settings.containsKey(TargetQuery.PORT) ? port(removeKnown(settings, TargetQuery.PORT)) : null;
        return new PodsTarget(selector, namespace, port, protocol, settings);
    }

    private static String removeKnown(Map<String, String> settings, String key) {
        String value = settings.remove(key);
        return value == null ? "" : value;
    }

    private ServiceTarget service(
            @Nullable String authority, String path, Protocol protocol, Map<String, String> settings) {
        if (path.indexOf('/') >= 0) {
            throw refusal("'" + path + "' contains '/'");
        }
        if (path.startsWith("[") || path.indexOf(':') != path.lastIndexOf(':')) {
            throw refusal("'" + path + "' is an IP address or has more than one ':'");
        }
        int colon = path.indexOf(':');
        String name = colon < 0 ? path : path.substring(0, colon);
        String port = colon < 0 ? null : port(path.substring(colon + 1));
        if (name.startsWith("_")) {
            return srv(authority, name, port, settings);
        }
        return new ServiceTarget(name(authority, name), port, protocol, settings);
    }

    private ServiceTarget srv(
            @Nullable String authority, String name, @Nullable String port, Map<String, String> settings) {
        String[] parts = name.split("\\.", 3);
        if (parts.length < 3 || !parts[1].startsWith("_")) {
            throw refusal("'" + name + "' starts like an SRV name and is none (expected: _PORT._PROTOCOL.SERVICE...)");
        }
        if (port != null) {
            throw refusal("the port is named twice, in '" + parts[0] + "' and behind ':'");
        }
        String portName = parts[0].substring(1).toLowerCase(Locale.ROOT);
        if (isNumber(portName)) {
            throw refusal(
                    "'" + parts[0] + "' is a number (expected: a port's name, SRV names exist for named ports only)");
        }
        return new ServiceTarget(name(authority, parts[2]), port(portName), protocol(parts[1].substring(1)), settings);
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

    private static String port(String text) {
        if (text.isEmpty()) {
            throw refusal("nothing stands behind ':' (expected: a port's number or name)");
        }
        String port = text.toLowerCase(Locale.ROOT);
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

    private static Protocol protocol(@Nullable String name) {
        if (name == null) {
            return Protocol.TCP;
        }
        Supplier<InvalidTargetException> unknown =
                () -> refusal("protocol '" + name + "' (expected: tcp, udp or sctp)");
        return Protocol.named(name).orElseThrow(unknown);
    }

    private static InvalidTargetException refusal(String what) {
        return new InvalidTargetException(what);
    }
}
