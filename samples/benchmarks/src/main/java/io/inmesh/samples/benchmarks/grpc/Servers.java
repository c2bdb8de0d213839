package io.inmesh.samples.benchmarks.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The servers, in a process of their own: what the client's process allocates is then the client's. They end with the process that began them,
 * which holds the other end of their standard input.
 */
final class Servers implements AutoCloseable {
    private final Process process;
    private final List<InetSocketAddress> addresses;

    private Servers(Process process, List<InetSocketAddress> addresses) {
        this.process = process;
        this.addresses = addresses;
    }

    /** Starts so many servers, in one process. */
    static Servers start(int count) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Servers.class.getName(),
                        String.valueOf(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String port = said.readLine();
            if (port == null) {
                throw new IOException("the servers' process ended before it said all " + count
                        + " ports (expected: one a line; see what it wrote above)");
            }
            addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
        }
        return new Servers(process, addresses);
    }

    List<InetSocketAddress> addresses() {
        return addresses;
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
    }

    /** The servers' own process: writes one port a line, and ends when its standard input does. */
    public static void main(String[] args) throws IOException {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .directExecutor()
                    .addService(ServerServiceDefinition.builder(Echo.SERVICE)
                            .addMethod(Echo.SAFE, ServerCalls.asyncUnaryCall(Servers::answer))
                            .addMethod(Echo.UNSAFE, ServerCalls.asyncUnaryCall(Servers::answer))
                            .build())
                    .build()
                    .start();
            servers.add(server);
            System.out.println(server.getPort());
        }
        while (System.in.read() >= 0) {
            // Nothing is said here but the end.
        }
        servers.forEach(Server::shutdownNow);
    }

    private static void answer(byte[] request, StreamObserver<byte[]> answer) {
        answer.onNext(request);
        answer.onCompleted();
    }
}
