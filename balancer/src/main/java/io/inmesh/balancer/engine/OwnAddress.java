package io.inmesh.balancer.engine;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;

/** The address by which this process' pod is known in its cluster, as far as it can be told without asking anybody. */
final class OwnAddress {
    /** What a process without any network counts as. */
    private static final String NONE = InetAddress.getLoopbackAddress().getHostAddress();

    private OwnAddress() {}

    /** The first address, IPv4 before IPv6, of the first interface that is up and leads elsewhere: in a pod there is one. */
    static String find() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(OwnAddress::leadsElsewhere)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .min(Comparator.comparingInt(address -> address.getAddress().length))
                    .map(InetAddress::getHostAddress)
                    .orElse(NONE);
        } catch (SocketException e) {
            return NONE; // No interface can be listed: there is no network to be known in.
        }
    }

    private static boolean leadsElsewhere(NetworkInterface each) {
        try {
            return each.isUp() && !each.isLoopback();
        } catch (SocketException e) {
            return false; // It has gone meanwhile.
        }
    }
}
