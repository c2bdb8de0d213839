package io.inmesh.spring.named;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.StaticResolverProvider;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The cluster's resolvers, but for services that the properties explain: through every door, since all resolve here. Settings keep applying
 * by the service's own name.
 *
 * <p>Of several that speak of a target the most exact counts: one of its namespace before one of all, one of its port before one of all ports. Where
 * some ports are explained, the others do not exist; the cluster is not asked for them.
 *
 * <p>Threads: any; immutable.
 */
public final class NamedServices implements ResolverProvider {
    private final ResolverProvider cluster;
    private final StaticResolverProvider lists = new StaticResolverProvider();
    private final List<NamedService> services;

    /** These services, and for all others the cluster, which the caller closes. */
    public NamedServices(ResolverProvider cluster, List<NamedService> services) {
        this.cluster = cluster;
        this.services = List.copyOf(services);
    }

    @Override
    public String scheme() {
        return cluster.scheme();
    }

    @Override
    public Target parse(String text) {
        return cluster.parse(text);
    }

    @Override
    public Locality place() {
        return cluster.place();
    }

    @Override
    public void release(Context context) {
        cluster.release(context);
    }

    @Override
    public Resolver newResolver(Target target, Context context) {
        if (!(target instanceof ServiceTarget wanted)) {
            return cluster.newResolver(target, context);
        }
        List<NamedService> speaking =
                services.stream().filter(each -> each.speaksOf(wanted)).toList();
        boolean exact = speaking.stream().anyMatch(each -> each.name().name().namespace() != null);
        List<NamedService> found = speaking.stream()
                .filter(each -> !exact || each.name().name().namespace() != null)
                .toList();
        if (found.isEmpty()) {
            return cluster.newResolver(target, context);
        }
        return ofPort(wanted, found)
                .map(service -> resolver(service, wanted, context))
                .orElseGet(() -> new Saying(noSuchPort(wanted, found)));
    }

    /** The one of the target's port, else the one of all ports, else the only one if the target names none. */
    private static Optional<NamedService> ofPort(ServiceTarget wanted, List<NamedService> found) {
        Optional<NamedService> ofPort = found.stream()
                .filter(each ->
                        each.name().port() != null && Objects.equals(each.name().port(), wanted.port()))
                .findFirst();
        if (ofPort.isPresent()) {
            return ofPort;
        }
        Optional<NamedService> ofAll =
                found.stream().filter(each -> each.name().port() == null).findFirst();
        boolean only = wanted.port() == null && found.size() == 1;
        return ofAll.isEmpty() && only ? Optional.of(found.get(0)) : ofAll;
    }

    private Resolver resolver(NamedService service, ServiceTarget wanted, Context context) {
        if (service.isList()) {
            return new Renamed(lists.newResolver(service.leadsTo(), context), facts(service));
        }
        boolean portIsOpen = service.leadsTo() instanceof ServiceTarget other
                && other.port() == null
                && wanted.port() != null
                && service.name().port() == null;
        return cluster.newResolver(
                portIsOpen ? cluster.parse(service.leadsTo() + ":" + wanted.port()) : service.leadsTo(), context);
    }

    /** A port's number is no name, so it stays out of the key. */
    private static ServiceFacts facts(NamedService service) {
        ServiceTarget name = service.name();
        String namespace = name.name().namespace();
        String port = name.port() == null || name.portNumber().isPresent() ? "" : name.port();
        return ServiceFacts.of(new ServiceKey(
                Target.KUBERNETES,
                namespace == null ? "" : namespace,
                name.name().service(),
                port,
                Protocol.TCP));
    }

    private static Unresolved noSuchPort(ServiceTarget wanted, List<NamedService> found) {
        List<String> ports = found.stream()
                .map(each -> String.valueOf(each.name().port()))
                .sorted()
                .toList();
        Reason reason = wanted.port() == null ? Reason.AMBIGUOUS_PORT : Reason.NO_SUCH_PORT;
        return new Unresolved(
                reason,
                wanted + ": the properties under inmesh.services explain its ports " + String.join(", ", ports)
                        + (wanted.port() == null ? " (expected: one of them in the name)" : " and no other"));
    }
}
