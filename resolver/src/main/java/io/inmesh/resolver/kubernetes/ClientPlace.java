package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Locality;
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
record ClientPlace(
        Locality locality,
        @Nullable String outside,
        @Nullable AddressFamily family,
        Set<AddressFamily> hostFamilies) {

    ClientPlace {
        hostFamilies = Set.copyOf(hostFamilies);
    }
}
