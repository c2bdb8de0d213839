package io.inmesh.samples.benchmarks.grpc;

import io.grpc.NameResolverRegistry;
import io.inmesh.balancer.Mesh;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Unary calls through the gRPC door beside gRPC's own round robin, to the same servers: rounds that take turns in one run, since figures of
 * different runs say little. The servers are in a process of their own on this machine, so client and servers share its processors.
 *
 * <p>The first of each block of medians is what the others are compared with; what gRPC allocates for any policy that hears of a call's end is in the figures of its own
 * {@code least_request_experimental}.
 *
 * <p>Arguments, all optional: rounds (9), seconds of each (2), calls at a time (16), servers (4).
 */
public final class Throughput {
    private static final int WARM_UPS = 4;

    private final List<Contender> contenders;
    private final int concurrency;
    private final Duration duration;
    private final Map<String, List<Load.Round>> rounds = new LinkedHashMap<>();

    private Throughput(List<Contender> contenders, int concurrency, Duration duration) {
        this.contenders = contenders;
        this.concurrency = concurrency;
        this.duration = duration;
        contenders.forEach(contender -> rounds.put(contender.name(), new ArrayList<>()));
    }

    /** Measures, and prints every round, the medians and the ratios. */
    public static void main(String[] args) throws Exception {
        int turns = argument(args, 0, 9);
        Duration duration = Duration.ofSeconds(argument(args, 1, 2));
        int concurrency = argument(args, 2, 16);
        try (Servers servers = Servers.start(argument(args, 3, 4));
                Mesh mesh = Mesh.create()) {
            List<InetSocketAddress> addresses = servers.addresses();
            NameResolverRegistry.getDefaultRegistry().register(new ListedAddresses(addresses));
            List<Contender> once = List.of(
                    Contender.grpc("round_robin"),
                    Contender.grpc("least_request_experimental"),
                    Contender.policyAlone(mesh, addresses, "round-robin"),
                    Contender.inmesh(mesh, addresses, "round-robin"),
                    Contender.inmesh(mesh, addresses, "power-of-two"));
            List<Contender> again = List.of(
                    Contender.grpcWithRetries("round_robin"),
                    Contender.inmeshWithRetries(mesh, addresses, "round-robin"),
                    Contender.inmeshWithRetries(mesh, addresses, "power-of-two"));
            List<Contender> contenders =
                    Stream.concat(once.stream(), again.stream()).toList();
            Throughput run = new Throughput(contenders, concurrency, duration);
            run.take(turns);
            run.compare(once);
            run.compare(again);
            contenders.forEach(contender -> contender.channel().shutdownNow());
        }
    }

    private static int argument(String[] args, int index, int otherwise) {
        return index < args.length ? Integer.parseInt(args[index]) : otherwise;
    }

    private void take(int turns) throws InterruptedException {
        for (int turn = -WARM_UPS; turn < turns; turn++) {
            for (int i = 0; i < contenders.size(); i++) {
                // Each comes first, and after each other one, as often as the others.
                Contender contender = contenders.get(Math.floorMod(turn + i, contenders.size()));
                Load.Round round = Load.run(contender, concurrency, duration);
                System.out.println(
                        (turn < 0 ? "warm-up" : "round " + (turn + 1)) + "  " + line(contender.name(), round));
                if (turn >= 0) {
                    of(contender.name()).add(round);
                }
            }
        }
    }

    private List<Load.Round> of(String contender) {
        return rounds.computeIfAbsent(contender, name -> new ArrayList<>());
    }

    private static String line(String name, Load.Round round) {
        return String.format(
                "%-34s %8.0f calls/s  p50 %6.0f us  p99 %6.0f us  cpu %5.1f us  %7.0f B/call",
                name,
                round.perSecond(),
                round.p50Micros(),
                round.p99Micros(),
                round.cpuMicrosPerCall(),
                round.bytesPerCall());
    }

    private Load.Round medians(String contender) {
        return new Load.Round(
                median(contender, Load.Round::perSecond),
                median(contender, Load.Round::p50Micros),
                median(contender, Load.Round::p99Micros),
                median(contender, Load.Round::cpuMicrosPerCall),
                median(contender, Load.Round::bytesPerCall));
    }

    private double median(String contender, ToDoubleFunction<Load.Round> figure) {
        double[] sorted = of(contender).stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** All of them with the first. */
    private void compare(List<Contender> compared) {
        String base = compared.get(0).name();
        Load.Round own = medians(base);
        for (Contender contender : compared) {
            Load.Round ours = medians(contender.name());
            System.out.printf(
                    "median   %s  x%.3f  p50 x%.3f  p99 x%.3f  cpu x%.3f  %+.0f B%n",
                    line(contender.name(), ours),
                    ours.perSecond() / own.perSecond(),
                    ours.p50Micros() / own.p50Micros(),
                    ours.p99Micros() / own.p99Micros(),
                    ours.cpuMicrosPerCall() / own.cpuMicrosPerCall(),
                    ours.bytesPerCall() - own.bytesPerCall());
        }
    }
}
