package io.inmesh.api;

import java.util.Locale;
import java.util.Optional;

/** The transport protocol of a service port, as Kubernetes knows them. Ports of different protocols are different ports (rule P-4). */
public enum Protocol {
    /** The default wherever none is named. */
    TCP,
    /** Datagrams. */
    UDP,
    /** Stream control transmission. */
    SCTP;

    /** Finds a protocol by name, ignoring case; empty if there is none of that name. */
    public static Optional<Protocol> named(String name) {
        for (Protocol protocol : values()) {
            // Not equalsIgnoreCase, to which a long s is an s.
            if (protocol.lowerCase().equals(ServiceName.lowerCase(name))) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }

    /** The name in lower case, as targets print it. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
