package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where this client runs, as far as rules ask.
 *
 * @param locality its node and zone
 * @param outside null if pod addresses are routable from here; else why they are taken not to be (rule S-20)
 * @param family the configured family, or null
 * @param host tells the families that this host has addresses of, as of now: a network may come up late (rule F-4)
 */
public record ClientPlace(
        Locality locality,
        @Nullable String outside,
        @Nullable AddressFamily family,
        Supplier<Set<AddressFamily>> host) {

    /** On a host whose networks stay as they are. */
    public ClientPlace(
            Locality locality,
            @Nullable String outside,
            @Nullable AddressFamily family,
            Set<AddressFamily> hostFamilies) {
        this(locality, outside, family, () -> hostFamilies);
    }

    /** The families that this host has addresses of. */
    Set<AddressFamily> hostFamilies() {
        return host.get();
    }
}
