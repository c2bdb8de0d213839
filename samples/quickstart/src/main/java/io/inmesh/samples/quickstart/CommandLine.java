package io.inmesh.samples.quickstart;

import io.inmesh.balancer.config.Names;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the command line: {@code --name value} or {@code --name=value}, each at most once. */
final class CommandLine {
    static final String HELP = """
            inmesh quickstart: a client that loses nothing while pods come and go.

            Without options it needs no cluster. One process plays everything: a small Kubernetes API
            server, pods of service 'orders' in namespace 'shop' with real gRPC and HTTP servers on
            127.0.0.x, on three nodes in two zones, and a client that reaches them by name only:
            k8s:///orders.shop:grpc through a gRPC channel, orders.shop:http through plain Java.
            While requests run, it goes through seven phases: steady, scale out, drain, kill without
            warning, rolling update, policy switched by annotation, API down. A table shows for every
            pod what its two endpoints answered and how fast.

            Nine requests in ten are idempotent, so they may be repeated on another endpoint; the tenth
            is not, and is repeated only if the backend certainly did not process it. In the end the
            client's counts are compared with those of the backends.

            Options:
              --policy NAME      balancing policy for all services, unless an annotation on the Service
                                 names another (default: the library's own, power-of-two)
              --seconds N        length of the run, 5..3600 (default: 25)
              --rate N           requests a second, gRPC and HTTP together, 1..20000 (default: 400)
              --service TARGET   look at one service instead: resolve it, wait until it is ready, pick
                                 an endpoint --rate times a second for --seconds, and show which were
                                 picked and what changes. Sends nothing. TARGET is what every door
                                 takes, such as 'orders.shop:http' or 'k8s:///orders.shop:grpc?policy=rr'
              --kubeconfig FILE  find --service in the cluster of FILE's current context. Pod addresses
                                 are taken to be reachable from here. Without it --service is found, in
                                 a pod, in the pod's own cluster, else in the embedded one
              --help             this text

            Exit code: 0 if no idempotent request was lost and the counts agree (with --service: if
            every pick found an endpoint), 1 if not, 2 if the job could not start; the reason is on
            stderr.
            """;

    private static final String POLICY = "--policy";
    private static final String SECONDS = "--seconds";
    private static final String RATE = "--rate";
    private static final String SERVICE = "--service";
    private static final String KUBECONFIG = "--kubeconfig";
    private static final String HELP_OPTION = "--help";
    private static final List<String> NAMES = List.of(POLICY, SECONDS, RATE, SERVICE, KUBECONFIG, HELP_OPTION);

    // Shorter than 5 s a draining pod has no time to be left alone by clients.
    private static final int LEAST_SECONDS = 5;
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_PER_SECOND = 20_000;

    private CommandLine() {}

    static boolean asksForHelp(List<String> arguments) {
        return arguments.contains(HELP_OPTION);
    }

    /** Reads options; a {@link Refusal} says what is wrong with them. */
    static Options parse(List<String> arguments) {
        Options options = Options.DEFAULT;
        Set<String> seen = new HashSet<>();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.pop();
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!NAMES.contains(name)) {
                throw unknown(name);
            }
            if (!seen.add(name)) {
                throw new Refusal("option " + name + " is given twice (expected: once)");
            }
            options = with(options, name, equals < 0 ? next(name, rest) : argument.substring(equals + 1));
        }
        if (options.kubeconfig() != null && options.service() == null) {
            throw new Refusal(KUBECONFIG + " is given and " + SERVICE + " is not (expected: both; add " + SERVICE
                    + " TARGET, as in " + SERVICE + " orders.shop:http)");
        }
        return options;
    }

    private static Options with(Options options, String name, String value) {
        return switch (name) {
            case POLICY -> options.withPolicy(value);
            case SECONDS -> options.withLength(Duration.ofSeconds(number(name, value, LEAST_SECONDS, MOST_SECONDS)));
            case RATE -> options.withPerSecond(number(name, value, 1, MOST_PER_SECOND));
            case SERVICE -> options.withService(value);
            case KUBECONFIG -> options.withKubeconfig(file(value));
            default -> throw unknown(name);
        };
    }

    private static String next(String name, Deque<String> rest) {
        String value = rest.poll();
        if (value == null || value.startsWith("--")) {
            throw new Refusal(
                    "option " + name + " has no value (expected: " + name + " VALUE; see " + HELP_OPTION + ")");
        }
        return value;
    }

    private static int number(String name, String value, int least, int most) {
        // Six digits at most, so that parsing cannot fail.
        boolean isNumber = value.matches("[0-9]{1,6}");
        int number = isNumber ? Integer.parseInt(value) : -1;
        if (number < least || number > most) {
            throw new Refusal(name + ": '" + value + "' (expected: a whole number, " + least + ".." + most + ")");
        }
        return number;
    }

    private static Path file(String value) {
        try {
            Path file = Path.of(value);
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new Refusal(KUBECONFIG + ": '" + value + "' is no path (expected: a kubeconfig file)", e);
        }
        throw new Refusal(KUBECONFIG + ": '" + value + "' is not there or cannot be read (expected: a kubeconfig file,"
                + " usually " + Path.of(System.getProperty("user.home"), ".kube", "config") + ")");
    }

    private static Refusal unknown(String name) {
        IllegalArgumentException refusal = Names.unknown("option", name, NAMES);
        return new Refusal(refusal.getMessage() + "; " + HELP_OPTION + " explains them", refusal);
    }
}
