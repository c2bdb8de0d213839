package io.inmesh.spring.http.wire;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The connections of a client, with its threads.
 *
 * <p>Threads: any.
 */
public interface Connections extends AutoCloseable {
    /** One that has carried nothing for so long is closed: shorter than the 20 s after which common servers (Tomcat) do so. */
    Duration MAX_IDLE = Duration.ofSeconds(15);

    /** How often old connections are looked for. */
    Duration EVICTION = Duration.ofSeconds(5);

    /** Closes those to that address, each when the request is over that it carries. Must not wait. */
    void closeTo(InetSocketAddress address);

    /** Ends all of them, at the latest when their requests are over, and the threads. */
    @Override
    void close();
}
