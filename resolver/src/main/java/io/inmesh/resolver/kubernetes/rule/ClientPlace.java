package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where this client runs, as far as rules ask.
 *
 * @param locality its node and zone
 * @param outside null if pod addresses are routable from here; else why they are taken not to be (rule S-20)
 * @param family the configured family, or null
 * @param hostFamilies the families that this host has addresses of (rule F-4)
 */
public record ClientPlace(
        Locality locality,
        @Nullable String outside,
        @Nullable AddressFamily family,
        Set<AddressFamily> hostFamilies) {

    public ClientPlace {
        hostFamilies = Set.copyOf(hostFamilies);
    }
}
