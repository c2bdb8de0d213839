package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ServicePort;

/** What a caller's port text selects of a service. */
public sealed interface PortAnswer {

    /** A port of the service: the slice port of that name and protocol tells the number to connect to (rule P-3). */
    record Named(ServicePort port) implements PortAnswer {}

    /** A number that is no service port and is used as it is (rules P-13, X-4). */
    record Raw(int number) implements PortAnswer {}

    /** No port, or not one alone. */
    record Refused(Unresolved unresolved) implements PortAnswer {}
}
