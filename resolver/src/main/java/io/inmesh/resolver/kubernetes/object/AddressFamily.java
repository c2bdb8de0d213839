package io.inmesh.resolver.kubernetes.object;

import io.inmesh.resolver.address.IpAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The families that endpoints come in, under the names that the API gives them (rule F-1). FQDN slices are of no family. */
public enum AddressFamily {
    IPV4("IPv4"),
    IPV6("IPv6");

    private final String apiName;

    AddressFamily(String apiName) {
        this.apiName = apiName;
    }

    public static Optional<AddressFamily> named(@Nullable String apiName) {
        for (AddressFamily family : values()) {
            if (family.apiName.equals(apiName)) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }

    /** The family of an IP literal. */
    public static Optional<AddressFamily> of(String address) {
        for (AddressFamily family : values()) {
            if (family.canonical(address).isPresent()) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }

    /** The canonical text of an address of this family (rule A-6), empty if it is none. */
    public Optional<String> canonical(String address) {
        return this == IPV4 ? IpAddress.ipv4(address) : IpAddress.ipv6(address);
    }

    /** The canonical text of an address of either family, empty if it is none. */
    static Optional<String> canonicalOfAny(String address) {
        return IPV4.canonical(address).or(() -> IPV6.canonical(address));
    }

    public AddressFamily other() {
        return this == IPV4 ? IPV6 : IPV4;
    }

    @Override
    public String toString() {
        return apiName;
    }
}
