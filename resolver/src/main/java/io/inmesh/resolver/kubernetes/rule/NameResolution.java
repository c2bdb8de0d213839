package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.source.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses behind names that are not the cluster's, all of them always ready (rule X-3). Pure. */
final class NameResolution {
    private NameResolution() {}

    /** The endpoints of an alias that leads out of the cluster; null as long as its name was not looked up. */
    static Answer.@Nullable Result of(AliasRules.ToName step, ServiceObject alias, ClientPlace place, Inquiry inquiry) {
        List<String> addresses = inquiry.value(new Source.AddressesOf(step.host()));
        if (addresses == null) {
            return null;
        }
        List<Endpoint> endpoints = resolved(Endpoint.of(step.host(), step.port()), addresses, place);
        PortAnswer port = ServicePorts.find(alias, step.chain().current());
        return new Answer.Found(Facts.of(step.chain().current(), alias, port, null, step.host()), endpoints, null);
    }

    /** An endpoint under a host name as endpoints under its addresses, of one family: a host with both would count twice (rule F-4). */
    static List<Endpoint> resolved(Endpoint named, List<String> addresses, ClientPlace place) {
        List<AddressFamily> order =
                FamilyChoice.order(List.of(AddressFamily.values()), place.family(), place.hostFamilies());
        for (AddressFamily family : order) {
            List<Endpoint> endpoints = addresses.stream()
                    .filter(address -> family.canonical(address).isPresent())
                    .map(address -> Endpoint.of(address, named.port())
                            .withLocality(named.locality())
                            .withUsability(named.usability()))
                    .toList();
            if (!endpoints.isEmpty()) {
                return endpoints;
            }
        }
        return List.of();
    }
}
