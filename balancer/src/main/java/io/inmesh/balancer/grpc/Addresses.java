package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.inmesh.api.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

/** Between our endpoints and gRPC's addresses. */
final class Addresses {
    private Addresses() {}

    /** An endpoint's address, with the endpoint attached. */
    static EquivalentAddressGroup of(Endpoint endpoint) {
        return new EquivalentAddressGroup(
                socketAddress(endpoint),
                Attributes.newBuilder().set(MeshBinding.ENDPOINT, endpoint).build());
    }

    /** The endpoint attached to an address, or one made from an address that some other resolver found. */
    static Endpoint endpointOf(EquivalentAddressGroup group) {
        Endpoint attached = group.getAttributes().get(MeshBinding.ENDPOINT);
        if (attached != null) {
            return attached;
        }
        SocketAddress address = group.getAddresses().get(0);
        if (address instanceof InetSocketAddress inet) {
            return Endpoint.of(
                    inet.isUnresolved()
                            ? inet.getHostString()
                            : inet.getAddress().getHostAddress(),
                    inet.getPort());
        }
        // In-process or a Unix socket: a name without a port number.
        return Endpoint.of(address.toString(), Endpoint.NO_PORT);
    }

    /**
     * Transports take addresses, not names. A name is one that somebody listed, {@code localhost} as a rule, and is looked up once for each
     * connection that is set up, on the channel's lane: the clusters' endpoints, of which there are many, are addresses.
     */
    private static SocketAddress socketAddress(Endpoint endpoint) {
        try {
            return new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
        } catch (UnknownHostException e) {
            return InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()); // Fails when connecting.
        }
    }
}
