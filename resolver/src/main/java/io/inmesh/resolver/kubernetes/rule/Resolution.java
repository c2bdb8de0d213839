package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.rule.UsabilityRules.Judged;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one target means, given what is known of the cluster and the client's place: the rules in their order, as a pure function.
 */
public final class Resolution {

    /**
     * What the rules conclude.
     *
     * @param result what is known now; null as long as something that is needed was never heard of (rule A-14)
     * @param trouble what hinders asking at present, or null; what is known stays in use (rule W-12)
     */
    public record Answer(@Nullable Result result, @Nullable Trouble trouble) {}

    /** The endpoints, or why there is no set (rule S-11). */
    public sealed interface Result {}

    /**
     * A set, perhaps empty.
     *
     * @param facts the service
     * @param endpoints all of them, usable or not
     * @param words why nothing is usable, where that needs words of its own; null otherwise
     */
    public record EndpointsKnown(
            ServiceFacts facts,
            List<Endpoint> endpoints,
            @Nullable Unresolved words) implements Result {}

    /** No set. */
    public record None(Unresolved unresolved) implements Result {}

    private final Wanted wanted;
    private final ClientPlace client;
    private final Known known;
    private @Nullable Trouble trouble; // The first one met.

    private Resolution(Wanted wanted, ClientPlace client, Known known) {
        this.wanted = wanted;
        this.client = client;
        this.known = known;
    }

    /** Resolves. Keeps nothing of what it is given. */
    public static Answer of(Wanted wanted, ClientPlace client, Known known) {
        Resolution resolution = new Resolution(wanted, client, known);
        Result result = resolution.result();
        return new Answer(result, resolution.trouble);
    }

    /** What is known of a source, or null; a trouble with it is kept for the answer. */
    private <T> @Nullable T value(Source<T> source) {
        Finding<T> finding = known.ask(source);
        if (trouble == null) {
            trouble = finding.trouble();
        }
        return finding.value();
    }

    private @Nullable Result result() {
        Optional<ServiceObject> found = value(new Source.OneService(wanted.service()));
        List<Slice> slices = value(new Source.SlicesOf(wanted.service()));
        if (found == null || slices == null) { // both, or "no endpoints" would be concluded from a partial view.
            return null;
        }
        if (found.isEmpty()) { // S-9: at once, even while slices still exist.
            return none(
                    Reason.NOT_FOUND,
                    "there is no Service of that name in that namespace; check both (a name without a namespace means"
                            + " the client's own). Its endpoints are used as soon as it exists");
        }
        return resultOf(found.get(), slices);
    }

    private Result resultOf(ServiceObject service, List<Slice> slices) {
        if (service.kind() == ServiceKind.EXTERNAL_NAME) { // S-3; X-6: slices that exist are ignored.
            return none(
                    Reason.BAD_ALIAS,
                    "the Service is an alias (type ExternalName) of '" + service.externalName()
                            + "', and aliases are not followed by this version of inmesh; use that name itself");
        }
        PortAnswer port = ServicePorts.find(service, wanted);
        if (port instanceof PortAnswer.Refused refused) {
            return new None(refused.unresolved());
        }
        String outside = client.outside();
        if (outside != null) {
            return none(Reason.UNREACHABLE, unreachable(outside));
        }
        AddressFamily family = FamilyChoice.choose(service.families(), client.family(), client.hostFamilies());
        if (port instanceof PortAnswer.Raw raw) { // P-13, H-4
            return set(
                    service, Integer.toString(raw.number()), null, SliceJoin.addresses(slices, family, raw.number()));
        }
        ServicePort named = ((PortAnswer.Named) port).port();
        PortName sought = new PortName(named.name(), named.protocol()); // P-3
        return set(service, named.name(), named.appProtocol(), SliceJoin.endpoints(slices, family, sought));
    }

    private static String unreachable(String outside) { // S-20, S-28.
        return "pod addresses can be reached from inside the cluster's network only, and this client is taken to be outside ("
                + outside
                + "). EndpointSlices are used only where pod addresses are routable: if they are from here, say so"
                + " with inmesh.kubernetes.network=inside (environment INMESH_KUBERNETES_NETWORK=inside)";
    }

    private EndpointsKnown set(
            ServiceObject service, String portName, @Nullable String servicePortSpeaks, List<JoinedEndpoint> all) {
        List<JoinedEndpoint> joined = all.stream().filter(this::isOfWantedHost).toList();
        List<Judged> judged = UsabilityRules.judge(joined);
        ServiceKey key =
                new ServiceKey(Target.KUBERNETES, service.id().namespace(), wanted.name(), portName, wanted.protocol());
        String speaks = joined.stream()
                .map(JoinedEndpoint::appProtocol) // P-12: it sits on the slice port.
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(servicePortSpeaks);
        ServiceFacts facts =
                new ServiceFacts(key, service.uid(), service.sessionAffinity(), service.annotations(), speaks, null);
        return new EndpointsKnown(facts, endpoints(judged), noSuchHost(joined, all));
    }

    private boolean isOfWantedHost(JoinedEndpoint joined) {
        return wanted.host() == null || wanted.host().equals(joined.endpoint().hostname());
    }

    private @Nullable Unresolved noSuchHost(List<JoinedEndpoint> joined, List<JoinedEndpoint> all) {
        if (wanted.host() == null || !joined.isEmpty()) {
            return null;
        }
        TreeSet<String> hosts = new TreeSet<>();
        all.forEach(other -> {
            String hostname = other.endpoint().hostname();
            if (hostname != null) {
                hosts.add(hostname);
            }
        });
        String found = hosts.isEmpty()
                ? "none of its endpoints has one"
                : "there are " + hosts.size() + ", " + hosts.first() + " to " + hosts.last();
        return new Unresolved(
                Reason.NO_ENDPOINTS,
                wanted.describe() + ": no endpoint has the host name '" + wanted.host() + "', " + found
                        + "; pods get one by 'hostname' and a 'subdomain' equal to the Service's name (StatefulSets do)");
    }

    /** Ids are the pod's uid and the number; where two addresses of a set would share one, the later is known by its address. */
    private static List<Endpoint> endpoints(List<Judged> judged) {
        Map<String, Endpoint> byId = new HashMap<>();
        List<Endpoint> endpoints = new ArrayList<>(judged.size());
        for (Judged one : judged) {
            SliceEndpoint of = one.joined().endpoint();
            Endpoint byAddress = Endpoint.of(of.address(), one.joined().port())
                    .withLocality(of.locality())
                    .withUsability(one.usability())
                    .withHostname(of.hostname())
                    .withPod(of.podName());
            Endpoint endpoint =
                    of.podUid() == null ? byAddress : byAddress.withId(of.podUid() + ":" + byAddress.port());
            if (byId.containsKey(endpoint.id())) {
                endpoint = byAddress;
            }
            byId.put(endpoint.id(), endpoint);
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private None none(Reason reason, String text) {
        return new None(new Unresolved(reason, wanted.describe() + ": " + text));
    }
}
