package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Reason;
import io.inmesh.api.ServiceName;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.address.IpAddress;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a Service of type ExternalName leads (group X). Pure: who asks watches each Service on the way. */
public final class AliasRules {
    /** How many aliases are followed (rule X-2). */
    public static final int MAX_STEPS = 8;

    private static final int MAX_NAME = 253;
    private static final Pattern DNS_NAME = Pattern.compile(
            "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*",
            Pattern.CASE_INSENSITIVE); // Of ASCII alone.

    /** Where one alias leads. */
    public sealed interface Step {}

    /** To another Service, {@link AliasChain#current()} of the chain, which may be an alias as well. */
    public record ToService(AliasChain chain) implements Step {}

    /**
     * To a name outside the cluster's names, for the system's own resolver (rule X-3).
     *
     * @param chain the aliases followed
     * @param host the name, without a final dot; also what certificates there go by (rule X-5)
     * @param port the number to connect to (rule X-4)
     */
    public record ToName(AliasChain chain, String host, int port) implements Step {}

    /** Nowhere. */
    public record Nowhere(Unresolved unresolved) implements Step {}

    private AliasRules() {}

    /**
     * Follows one alias.
     *
     * @param chain how it was reached; its current Service is the alias
     * @param alias a Service of type ExternalName
     * @param clusterDomain the domain under which the cluster's names end (rule N-6)
     */
    public static Step follow(AliasChain chain, ServiceObject alias, String clusterDomain) {
        Wanted wanted = chain.current();
        if (wanted.host() != null) {
            return bad(
                    chain,
                    "the Service is an alias, and an alias has no hosts of its own; leave out '" + wanted.host() + "'");
        }
        String name = withoutFinalDot(alias.externalName());
        String fault = fault(name);
        if (fault != null) {
            return bad(
                    chain,
                    "externalName of " + AliasChain.name(alias.id()) + " is '" + alias.externalName() + "', " + fault);
        }
        if (chain.steps().size() >= MAX_STEPS) {
            return bad(chain, "more than " + MAX_STEPS + " aliases lead on from each other");
        }
        Optional<ServiceName> service =
                ServiceName.ofHost(name, clusterDomain).filter(ServiceName::isMarked); // N-2 with svc.
        return service.isPresent() ? toService(chain, alias, service.get()) : toName(chain, alias, name);
    }

    private static Step toService(AliasChain chain, ServiceObject alias, ServiceName target) {
        Wanted wanted = chain.current();
        ObjectName next = new ObjectName(
                target.namespace() == null ? alias.id().namespace() : target.namespace(), target.service());
        if (chain.contains(next)) {
            return bad(chain, "they lead in a circle, back to " + AliasChain.name(next));
        }
        if (wanted.port() == null && alias.ports().isEmpty()) { // Nothing to look up here: P-10 holds where it leads.
            return new ToService(chain.then(new Wanted(next, target.host(), null, wanted.protocol())));
        }
        PortAnswer port = ServicePorts.find(alias, wanted);
        if (port instanceof PortAnswer.Refused refused) {
            return new Nowhere(chain.explain(refused.unresolved()));
        }
        String number = Integer.toString(number(port));
        return new ToService(chain.then(new Wanted(next, target.host(), number, wanted.protocol())));
    }

    private static Step toName(AliasChain chain, ServiceObject alias, String name) {
        PortAnswer port = ServicePorts.find(alias, chain.current());
        return port instanceof PortAnswer.Refused refused
                ? new Nowhere(chain.explain(refused.unresolved()))
                : new ToName(chain, name.toLowerCase(Locale.ROOT), number(port));
    }

    /** Rule X-4: the service's own number, since target ports do not apply to an alias. */
    private static int number(PortAnswer port) {
        if (port instanceof PortAnswer.Named named) {
            return named.port().number();
        }
        return ((PortAnswer.Raw) port).number();
    }

    private static String withoutFinalDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static @Nullable String fault(String name) {
        if (IpAddress.ipv4(name).isPresent() || IpAddress.ipv6(name).isPresent()) {
            return "an IP address (expected: a DNS name, rule X-1; for an address make a Service without a selector and an"
                    + " EndpointSlice)";
        }
        return name.length() > MAX_NAME || !DNS_NAME.matcher(name).matches()
                ? "which is no DNS name (expected: labels of a-z, 0-9 and '-' between dots, no port, rule X-1)"
                : null;
    }

    private static Nowhere bad(AliasChain chain, String why) {
        return new Nowhere(new Unresolved(
                Reason.BAD_ALIAS,
                chain.asked().describe() + ": its alias cannot be followed: " + why + " (aliases followed: "
                        + chain.describe() + "; rule X-2)"));
    }
}
