package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.SourceChoice.Access;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the slices of a service come from: EndpointSlices, or Endpoints read as slices, never both (rules E-2, E-8). */
final class SliceInquiry {
    private static final String ONLY_WARNED = "warning"; // What servers before 1.22 say, which cut nothing off.

    private final Inquiry inquiry;
    private final SourceChoice choice;
    private @Nullable Trouble refused; // Written and read by whoever uses it once.

    SliceInquiry(Inquiry inquiry, SourceChoice choice) {
        this.inquiry = inquiry;
        this.choice = choice;
    }

    /** Why slices are not known that were asked for, if the server forbids it: the caller decides what that means. Null otherwise. */
    @Nullable
    Trouble refused() {
        return refused;
    }

    /** The slices, or null if they are not known yet. */
    @Nullable
    List<Slice> slices(ObjectName service) {
        if (choice == SourceChoice.ENDPOINTS) {
            return ofEndpoints(service, inquiry.finding(new Source.EndpointsOf(service)));
        }
        Finding<List<Slice>> slices = inquiry.finding(new Source.SlicesOf(service));
        Access access = access(slices);
        if (choice == SourceChoice.AUTO && (access == Access.FORBIDDEN || access == Access.ABSENT)) {
            Finding<Optional<EndpointsObject>> endpoints = inquiry.finding(new Source.EndpointsOf(service));
            if (endpoints.isPending()) {
                return null; // Which of the two it is to be is not settled.
            }
            if (choice.settle(access, access(endpoints)) == SourceChoice.ENDPOINTS) {
                inquiry.warns(
                        "endpoints are read from the deprecated Endpoints, without zones, hints and draining (rules E-2,"
                                + " E-4): "
                                + inquiry.text(Objects.requireNonNull(slices.trouble())));
                return ofEndpoints(service, endpoints);
            }
        }
        return mindful(slices);
    }

    private @Nullable List<Slice> ofEndpoints(ObjectName service, Finding<Optional<EndpointsObject>> finding) {
        Optional<EndpointsObject> endpoints = mindful(finding);
        if (endpoints == null) {
            return null;
        }
        endpoints
                .map(EndpointsObject::overCapacity)
                .ifPresent(said -> inquiry.warns("Endpoints " + service + overCapacity(said)));
        return endpoints
                .filter(object -> !object.lock())
                .map(EndpointsObject::slices)
                .orElse(List.of());
    }

    private static String overCapacity(String said) {
        return said.equals(ONLY_WARNED)
                ? " hold more than 1000 addresses: this cluster cuts none off, but a newer one will (rule E-5); let"
                        + " EndpointSlices be read instead"
                : " are not complete: the cluster keeps at most 1000 addresses there and has left out the rest ('"
                        + said + "', rule E-5); let EndpointSlices be read instead";
    }

    private <T> @Nullable T mindful(Finding<T> finding) {
        Trouble trouble = finding.trouble();
        if (finding.value() == null && trouble != null && trouble.isForbidden()) {
            refused = trouble;
        } else {
            inquiry.minds(trouble);
        }
        return finding.value();
    }

    private static Access access(Finding<?> finding) {
        Trouble trouble = finding.trouble();
        if (finding.value() != null) {
            return Access.SERVED;
        }
        if (trouble == null) {
            return Access.UNKNOWN;
        }
        if (trouble.isForbidden()) {
            return Access.FORBIDDEN;
        }
        return trouble.isAbsent() ? Access.ABSENT : Access.UNKNOWN;
    }
}
