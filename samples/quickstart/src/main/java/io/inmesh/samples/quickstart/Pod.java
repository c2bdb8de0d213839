package io.inmesh.samples.quickstart;

import io.inmesh.api.time.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * One pod of service {@code orders}: two real servers on an address of its own.
 *
 * <p>Threads: any.
 */
final class Pod {
    // 127.0.0.1 is everybody's: pods begin behind it.
    private static final int FIRST_ADDRESS = 11;
    private static final int ADDRESSES = 240;

    private final String name;
    private final Node node;
    private final InetAddress address;
    private final Scheduler threads;
    private final Backend grpc;
    private final Backend http;

    // Written by the script, read by whoever draws the table.
    private volatile State state = State.READY;

    /** What has become of a pod. */
    enum State {
        READY,
        /** Told to end, still serving. */
        DRAINING,
        /** Ended after its running requests did. */
        STOPPED,
        /** Ended without warning. */
        KILLED
    }

    private Pod(int number, Node node, InetAddress address) throws IOException {
        this.name = "orders-" + number;
        this.node = node;
        this.address = address;
        this.threads = Scheduler.system(name);
        Work work = new Work(name, node.workTime(), threads);
        this.grpc = new GrpcBackend(address, work);
        this.http = new HttpBackend(address, work);
    }

    /** Starts pod number 1, 2 ... on that node. */
    static Pod start(int number, Node node) {
        try {
            return new Pod(number, node, addressOf(number));
        } catch (IOException e) {
            throw new UncheckedIOException("pod " + number + " cannot listen on a loopback address", e);
        }
    }

    /** One of its own, where the system has more than 127.0.0.1; where it has not, pods differ by their ports alone. */
    private static InetAddress addressOf(int number) throws IOException {
        InetAddress own = loopback(FIRST_ADDRESS + (number - 1) % ADDRESSES);
        try (ServerSocket probe = new ServerSocket(0, 1, own)) {
            return probe.getInetAddress();
        } catch (BindException e) {
            return loopback(1);
        }
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    String name() {
        return name;
    }

    Node node() {
        return node;
    }

    String address() {
        return address.getHostAddress();
    }

    Backend backend(Door door) {
        return door == Door.GRPC ? grpc : http;
    }

    State state() {
        return state;
    }

    void beginDraining() {
        state = State.DRAINING;
    }

    /** Blocks until running requests have finished. */
    void stop() {
        grpc.stop();
        http.stop();
        threads.close();
        state = State.STOPPED;
    }

    void kill() {
        state = State.KILLED;
        grpc.kill();
        http.kill();
        threads.close();
    }
}
