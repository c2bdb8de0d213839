package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the service port that a caller means (rules P-1 to P-5, P-10, P-11, P-13, X-4). Pure functions. */
public final class ServicePorts {
    private ServicePorts() {}

    static PortAnswer find(ServiceObject service, Wanted wanted) {
        String port = wanted.port();
        List<ServicePort> candidates = service.ports().stream()
                .filter(candidate -> candidate.protocol() == wanted.protocol())
                .toList();
        if (port == null) {
            return theOnlyOne(candidates, service, wanted);
        }
        return isNumber(port)
                ? byNumber(Integer.parseInt(port), candidates, service, wanted)
                : first(candidates, candidate -> candidate.name().equals(port))
                        .orElseGet(() -> noSuchPort(service, wanted));
    }

    private static PortAnswer theOnlyOne(List<ServicePort> candidates, ServiceObject service, Wanted wanted) {
        if (candidates.isEmpty()) {
            return noSuchPort(service, wanted);
        }
        if (candidates.size() == 1) {
            return new PortAnswer.Named(candidates.get(0));
        }
        return refused( // Never "the first" (rule P-10).
                Reason.AMBIGUOUS_PORT,
                wanted,
                "it has " + candidates.size() + " " + wanted.protocol() + " ports, " + list(candidates)
                        + "; name one, as in '" + wanted.service().name() + "."
                        + wanted.service().namespace() + ":" + nameOrNumber(candidates.get(0)) + "'");
    }

    private static PortAnswer byNumber(int number, List<ServicePort> candidates, ServiceObject service, Wanted wanted) {
        Optional<PortAnswer> named = first(candidates, candidate -> candidate.number() == number);
        if (named.isPresent()) {
            return named.get();
        }
        // Without a virtual address between, DNS would hand out addresses and the number would go with them as it is.
        return service.kind() == ServiceKind.VIRTUAL_IP ? noSuchPort(service, wanted) : new PortAnswer.Raw(number);
    }

    private static Optional<PortAnswer> first(List<ServicePort> candidates, Predicate<ServicePort> matches) {
        return candidates.stream().filter(matches).findFirst().map(PortAnswer.Named::new);
    }

    private static PortAnswer noSuchPort(ServiceObject service, Wanted wanted) {
        String has = service.ports().isEmpty() ? "no ports at all" : list(service.ports());
        String advice = service.ports().isEmpty()
                ? "give a number, which is then used as it is"
                : "name one of these by name or number (the Service's own number, not that of pod or node)"
                        + otherProtocol(service, wanted);
        return refused(
                Reason.NO_SUCH_PORT,
                wanted,
                "the Service has no such " + wanted.protocol() + " port, it has " + has + "; " + advice);
    }

    private static String otherProtocol(ServiceObject service, Wanted wanted) {
        return service.ports().stream()
                .map(ServicePort::protocol)
                .filter(protocol -> protocol != wanted.protocol())
                .findFirst()
                .map(protocol -> "; what is not " + wanted.protocol() + " is asked for with ?protocol=" + protocol)
                .orElse("");
    }

    private static PortAnswer refused(Reason reason, Wanted wanted, String text) {
        return new PortAnswer.Refused(new Unresolved(reason, wanted.describe() + ": " + text));
    }

    private static String list(List<ServicePort> ports) {
        return ports.stream().map(ServicePort::describe).collect(Collectors.joining(", "));
    }

    private static String nameOrNumber(ServicePort port) {
        return port.name().isEmpty() ? Integer.toString(port.number()) : port.name();
    }

    /** Digits are always a number, even if a port were named so (rule P-11). */
    static boolean isNumber(String port) {
        return !port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
