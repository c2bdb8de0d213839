package io.inmesh.resolver;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.PathTarget;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.resolver.address.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The scheme {@code static}: the endpoints are what the target lists.
 *
 * <pre>{@code
 * static:///10.0.0.7:8080,10.0.0.8:8080
 * static:///[fd00::7]:8080?policy=round-robin
 * }</pre>
 *
 * <p>An entry is an IPv4 address, an IPv6 address in brackets or a host name, each with a port number. Host names are handed on as
 * they are: whoever connects looks them up.
 *
 * <p>Threads: any; keeps no state.
 */
public final class StaticResolverProvider implements ResolverProvider {
    private static final String SCHEME = "static";
    private static final String FORM =
            "(expected: static:///HOST:PORT[,HOST:PORT...], each HOST an IPv4 address, an IPv6 address"
                    + " in brackets or a host name, each PORT 1..65535)";
    private static final int MAX_PORT = 65535;

    /** For the service loader. */
    public StaticResolverProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public Target parse(String text) {
        Target target = Target.parse(text);
        endpoints(target);
        return target;
    }

    @Override
    public Resolver newResolver(Target target, Context context) {
        EndpointSet set = EndpointSet.of(ServiceFacts.of(ServiceKey.of(target)), 1, endpoints(target));
        return new StaticResolver(set);
    }

    private static List<Endpoint> endpoints(Target target) {
        if (!(target instanceof PathTarget path) || !path.scheme().equals(SCHEME)) {
            throw new InvalidTargetException("target '" + target + "': its scheme is " + target.scheme() + " " + FORM);
        }
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String entry : path.path().split(",", -1)) {
            Endpoint endpoint = endpoint(entry.trim(), target);
            if (!seen.add(endpoint.address())) {
                throw refusal(target, "'" + entry.trim() + "' is listed twice");
            }
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private static Endpoint endpoint(String entry, Target target) {
        int colon = entry.lastIndexOf(':');
        if (colon <= 0 || entry.endsWith("]")) {
            throw refusal(target, entry.isEmpty() ? "an entry is empty" : "'" + entry + "' names no port");
        }
        return Endpoint.of(host(entry.substring(0, colon), target), port(entry.substring(colon + 1), entry, target));
    }

    private static String host(String text, Target target) {
        if (text.startsWith("[") && text.endsWith("]")) {
            return IpAddress.ipv6(text.substring(1, text.length() - 1))
                    .orElseThrow(() -> refusal(target, "'" + text + "' is no IPv6 address"));
        }
        if (text.indexOf(':') >= 0) {
            throw refusal(target, "'" + text + "' has more than one ':' and no brackets");
        }
        if (text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
            return IpAddress.ipv4(text).orElseThrow(() -> refusal(target, "'" + text + "' is no IPv4 address"));
        }
        if (!text.chars().allMatch(StaticResolverProvider::isHostCharacter)) {
            throw refusal(target, "'" + text + "' is neither an IP address nor a host name");
        }
        return text;
    }

    private static boolean isHostCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_';
    }

    private static int port(String digits, String entry, Target target) {
        boolean number =
                !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw refusal(target, "'" + entry + "' has port '" + digits + "'");
        }
        return port;
    }

    private static InvalidTargetException refusal(Target target, String what) {
        return new InvalidTargetException("target '" + target + "': " + what + " " + FORM);
    }

    /** Says its one set and falls silent. */
    private record StaticResolver(EndpointSet set) implements Resolver {
        @Override
        public void start(Listener listener) {
            listener.onUpdate(set);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
