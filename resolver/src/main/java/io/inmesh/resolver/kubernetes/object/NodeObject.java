package io.inmesh.resolver.kubernetes.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What resolving needs of one Node: its place, and where its node ports are. Whether it takes new pods is of no matter here.
 *
 * @param name its name
 * @param version its resource version
 * @param zone its label {@code topology.kubernetes.io/zone}, or null (rule T-10)
 * @param ready whether its condition Ready is True
 * @param addresses its addresses, in its order
 */
public record NodeObject(
        String name, String version, @Nullable String zone, boolean ready, List<Address> addresses) {

    public NodeObject {
        addresses = List.copyOf(addresses);
    }

    /** What has to differ for a change to be one: nodes report every few minutes that nothing is new (rule A-13). */
    public NodeObject withoutVersion() {
        return new NodeObject(name, "", zone, ready, addresses);
    }

    /** What an address of a node is (rule S-23). */
    public enum AddressKind {
        EXTERNAL_IP("ExternalIP"),
        INTERNAL_IP("InternalIP"),
        HOSTNAME("Hostname");

        private final String apiName;

        AddressKind(String apiName) {
            this.apiName = apiName;
        }

        @Override
        public String toString() {
            return apiName;
        }
    }

    /**
     * One address.
     *
     * @param text canonical if it is an IP address
     * @param family null for a host name
     */
    public record Address(
            AddressKind kind, String text, @Nullable AddressFamily family) {}
}
