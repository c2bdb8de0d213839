package io.inmesh.resolver.kubernetes.feed;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Looks up the addresses of host names. Behind an interface so that tests need no name server.
 *
 * <p>Threads: called on a thread that may block.
 */
@FunctionalInterface
public interface Lookup {

    /** The system's resolver, which keeps answers for as long as the JVM's {@code networkaddress.cache.ttl} says. */
    Lookup SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /**
     * The addresses of a host name, at least one.
     *
     * @throws UnknownHostException if there is none, or nobody to ask
     */
    List<InetAddress> addresses(String host) throws UnknownHostException;
}
