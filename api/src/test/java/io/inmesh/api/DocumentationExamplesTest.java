package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.api.testing.ScriptedRandom;
import io.inmesh.api.testing.SteppedLane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc, compiled and held to what they claim; the first test finds every one of them again in this file. */
class DocumentationExamplesTest {
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code(.*?)\\}</pre>", Pattern.DOTALL);

    @Test
    void every_example_in_the_javadoc_of_this_module_is_compiled_here() throws IOException {
        String compiled = withoutLayout(Files.readString(
                Path.of("src/test/java/io/inmesh/api/DocumentationExamplesTest.java"), StandardCharsets.UTF_8));
        Map<String, String> examples = new TreeMap<>();
        for (Path file : javaFiles(Path.of("src/main/java"), Path.of("src/test/java/io/inmesh/api/testing"))) {
            Matcher example = EXAMPLE.matcher(Files.readString(file, StandardCharsets.UTF_8));
            while (example.find()) {
                String code = example.group(1).replaceAll("(?m)^ *\\* ?", "");
                examples.merge(file.getFileName().toString(), code, String::concat);
            }
        }

        // Mesh is of the balancer module, which compiles this one.
        assertThat(examples.remove("LoadBalancer.java")).contains("Mesh mesh = Mesh.create()");
        assertThat(examples)
                .containsKeys(
                        "Target.java",
                        "Endpoint.java",
                        "PickContext.java",
                        "Sessions.java",
                        "Pick.java",
                        "PickerFactory.java",
                        "LoadReport.java",
                        "Prober.java",
                        "Verdict.java",
                        "ResolverProvider.java",
                        "OutcomeClassifier.java",
                        "BalancerObserver.java",
                        "FakeClock.java",
                        "SteppedLane.java",
                        "ScriptedRandom.java",
                        "FakeEndpoints.java");
        assertThat(examples).allSatisfy((file, code) -> assertThat(compiled)
                .as("the example of %s, letter by letter", file)
                .contains(withoutLayout(code)));
    }

    private static List<Path> javaFiles(Path... roots) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
            }
        }
        return found;
    }

    /** Without blanks and line comments; and without the modifiers that a class needs here only because it is nested. */
    private static String withoutLayout(String code) {
        return code.replaceAll("// .*", "")
                .replaceAll("\\b(public|static)\\b", "")
                .replaceAll("\\s", "");
    }

    @Test
    void targets() {
        Target orders = Target.parse("orders.shop:http");
        Target same = Target.parse("k8s:///orders.shop.svc.cluster.local:http?policy=round-robin");
        Target pods = Target.parse("k8s:///?pods=app%3Dorders&namespace=shop&port=grpc");
        Target fixed = Target.parse("static:///10.0.0.7:8080,10.0.0.8:8080");

        assertThat(Stream.of(orders, same)
                        .map(target -> ((ServiceTarget) target).name().service()))
                .containsOnly("orders");
        assertThat(Stream.of(orders, same)
                        .map(target -> ((ServiceTarget) target).name().namespace()))
                .containsOnly("shop");
        assertThat(same.parameters()).containsOnly(Map.entry("policy", "round-robin"));
        assertThat(pods).isEqualTo(new PodsTarget("app=orders", "shop", "grpc", Protocol.TCP, Map.of()));
        assertThat(fixed).isEqualTo(new PathTarget("static", "10.0.0.7:8080,10.0.0.8:8080", Map.of()));
    }

    @Test
    void an_endpoint() {
        Endpoint endpoint = Endpoint.of("10.0.0.7", 8080).withLocality(new Locality("node-1", "zone-a"));

        assertThat(endpoint.locality().zone()).isEqualTo("zone-a");
    }

    @Test
    void the_context_of_a_pick() {
        PickContext context = PickContext.NONE.withKey("customer-42");

        assertThat(context.key()).isEqualTo("customer-42");
    }

    @Test
    void the_token_of_a_session() {
        Endpoint endpoint = Endpoint.of("10.0.0.7", 8080);
        String token = Sessions.tokenOf(endpoint);
        PickContext next = PickContext.NONE.withSession(token);
        assertThat(next.session()).isEqualTo(token);
    }

    @Test
    void a_pick() {
        View view = new View(Endpoint.of("10.0.0.7", 8080));
        OneEndpoint orders = new OneEndpoint(view);

        if (orders.pick(PickContext.NONE) instanceof Lease lease) {
            try (lease) {
                send(lease.endpoint());
                lease.complete(Outcome.SUCCESS);
            }
        }

        assertThat(sent).containsExactly(view.endpoint());
        assertThat(view.outcomes).as("completed once, before it was closed").containsExactly(Outcome.SUCCESS);
        assertThat(new OneEndpoint(new Rejection(Reason.CLOSED, "closed")).pick(PickContext.NONE))
                .isEqualTo(new Rejection(Reason.CLOSED, "closed"));
    }

    public static final class LowestAddress implements PickerFactory {
        @Override
        public String name() {
            return "lowest-address";
        }

        @Override
        public Picker newPicker(Input input) {
            EndpointView first = input.endpoints().get(0);
            return context -> first;
        }
    }

    @Test
    void a_policy_of_ones_own() {
        View first = new View(Endpoint.of("10.0.0.7", 8080));
        View second = new View(Endpoint.of("10.0.0.8", 8080));
        FakeClock clock = new FakeClock();
        PickerFactory policy = new LowestAddress();

        Picker picker =
                policy.newPicker(new PickerFactory.Input(List.of(first, second), ScriptedRandom.of(), clock, null));

        assertThat(picker.choose(PickContext.NONE)).isSameAs(first);
        assertThat(policy.name()).isEqualTo("lowest-address");
        assertThat(policy.aliases()).isEmpty();
        assertThat(policy.readsLatency()).isFalse();
    }

    static void report(Lease lease, Map<String, String> headers) {
        if (headers.containsKey("x-requests-per-second")) {
            double requests = Double.parseDouble(headers.get("x-requests-per-second"));
            double busy = Double.parseDouble(headers.get("x-utilization"));
            lease.report(LoadReport.of(requests, busy));
        }
    }

    @Test
    void a_load_report_from_headers() {
        View view = new View(Endpoint.of("10.0.0.7", 8080));
        try (Lease lease = view.begin()) {
            report(lease, Map.of("x-requests-per-second", "100", "x-utilization", "0.5"));
            report(lease, Map.of());
        }
        assertThat(view.reports).containsExactly(LoadReport.of(100, 0.5));
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // A probe that is not answered is no error.
    void a_prober_of_ones_own() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/load", exchange -> {
            byte[] body = "7 12.5".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            HttpClient client = HttpClient.newHttpClient();
            Prober overHttp = (endpoint, answers) -> {
                URI load = URI.create("http://" + endpoint.endpoint().address() + "/load");
                HttpRequest probe = HttpRequest.newBuilder(load)
                        .timeout(Duration.ofSeconds(1))
                        .build();
                client.sendAsync(probe, BodyHandlers.ofString()).thenAccept(answer -> {
                    String[] said = answer.body().split(" ", 2); // such as "7 12.5": requests in flight, milliseconds
                    answers.answered(endpoint, Integer.parseInt(said[0]), Double.parseDouble(said[1]) * 1e6);
                });
            };

            View view = new View(Endpoint.of("127.0.0.1", server.getAddress().getPort()));
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            String first = null;
            // A probe has a second; on a machine that is busy one may take longer.
            for (int i = 0; i < 30 && first == null; i++) {
                overHttp.probe(view, (endpoint, requests, nanos) -> heard.add(requests + " " + nanos));
                first = heard.poll(1, TimeUnit.SECONDS);
            }
            assertThat(first).isEqualTo("7 1.25E7");
            Prober.NONE.probe(view, (endpoint, requests, nanos) -> heard.add("asked nobody"));
            assertThat(heard).doesNotContain("asked nobody");
        } finally {
            server.stop(0);
        }
    }

    public static final class FixedProvider implements ResolverProvider {
        @Override
        public String scheme() {
            return "fixed";
        }

        @Override
        public Resolver newResolver(Target target, Context context) {
            return new FixedResolver(ServiceFacts.of(ServiceKey.of(target)), Endpoint.of("10.0.0.7", 8080));
        }
    }

    @Test
    void a_scheme_of_ones_own() {
        FakeClock clock = new FakeClock();
        List<EndpointSet> heard = new ArrayList<>();
        try (ResolverProvider provider = new FixedProvider()) {
            Target target = provider.parse("fixed:///anything?policy=rr");
            assertThat(target.scheme()).isEqualTo(provider.scheme());
            try (Resolver resolver = provider.newResolver(target, new ResolverProvider.Context(clock, clock))) {
                resolver.start(new Resolver.Listener() {
                    @Override
                    public void onUpdate(EndpointSet set) {
                        heard.add(set);
                    }

                    @Override
                    public void onUnresolved(Unresolved unresolved) {
                        throw new AssertionError(unresolved);
                    }
                });
            }
        }

        assertThat(heard).singleElement().satisfies(set -> {
            assertThat(set.endpoints()).containsExactly(Endpoint.of("10.0.0.7", 8080));
            assertThat(set.facts().key()).hasToString("fixed:///anything");
            assertThat(set.nothingUsable()).isNull();
        });
    }

    @Test
    void a_classifier_of_ones_own() {
        OutcomeClassifier strict = (protocol, code, error, delivery) -> code == 404
                ? Outcome.failure(Outcome.Origin.EXTERNAL, delivery)
                : OutcomeClassifier.standard().classify(protocol, code, error, delivery);

        Outcome.Delivery sentWhole = Outcome.Delivery.SENT;
        assertThat(strict.classify(OutcomeClassifier.Wire.HTTP, 404, null, sentWhole))
                .isEqualTo(Outcome.failure(Outcome.Origin.EXTERNAL, sentWhole));
        assertThat(strict.classify(OutcomeClassifier.Wire.HTTP, 403, null, sentWhole))
                .isEqualTo(Outcome.CLIENT_ERROR);
    }

    @Test
    void an_observer() {
        BalancerObserver printing = new BalancerObserver() {
            @Override
            public void setChanged(Target target, EndpointSet set) {
                System.out.println(target + " has " + set.endpoints().size() + " endpoints");
            }
        };

        Target orders = Target.parse("orders.shop:http");
        Endpoint endpoint = Endpoint.of("10.0.0.7", 8080);
        EndpointSet set = EndpointSet.of(ServiceFacts.of(ServiceKey.of(orders)), 1, List.of(endpoint));
        assertThat(printed(() -> printing.setChanged(orders, set)))
                .containsExactly("k8s:///orders.shop:http has 1 endpoints");
        assertThat(printed(() -> hearAll(printing, orders, endpoint)))
                .as("what is not overridden does nothing")
                .isEmpty();
        assertThat(printed(() -> BalancerObserver.NONE.setChanged(orders, set))).isEmpty();
        assertThat(printing.readsLatency()).isFalse();
    }

    private static void hearAll(BalancerObserver observer, Target target, Endpoint endpoint) {
        observer.unresolved(target, new Unresolved(Reason.NOT_SYNCED, "not yet"));
        observer.pickerPublished(target, "random", 1);
        observer.ejected(target, endpoint, "5 failures in a row", Duration.ofSeconds(30));
        observer.restored(target, endpoint);
        observer.fellBack(target, "nobody answers");
        observer.rejected(target, new Rejection(Reason.LIMITED, "full"));
        observer.completed(target, endpoint, Outcome.SUCCESS, -1);
        observer.repeated(target, endpoint, Outcome.TIMEOUT);
    }

    @Test
    void why_an_endpoint_is_not_used() {
        LoadBalancer balancer = new OneEndpoint(new View(Endpoint.of("10.0.0.7", 8080)));
        List<String> lines = printed(() -> {
            // The example of Verdict.
            for (EndpointView view : balancer.snapshot().endpoints()) {
                System.out.println(
                        view.endpoint().address() + ": " + view.endpoint().usability() + ", " + view.verdict());
            }
        });
        assertThat(lines).containsExactly("10.0.0.7:8080: usable, healthy");
        assertThat(new Verdict(Verdict.Kind.EJECTED, "5 failures in a row"))
                .hasToString("ejected: 5 failures in a row");
        assertThat(new Verdict(Verdict.Kind.TRIAL, "x")).hasToString("on trial: x");
        assertThat(new Verdict(Verdict.Kind.UNREACHABLE, "y")).hasToString("unreachable: y");
    }

    @Test
    void the_fake_clock() {
        List<String> lines = printed(() -> {
            FakeClock clock = new FakeClock();
            clock.schedule(() -> System.out.println("a second has passed"), Duration.ofSeconds(1));
            clock.advance(Duration.ofSeconds(1)); // prints
        });

        assertThat(lines).containsExactly("a second has passed");
    }

    @Test
    void the_stepped_lane() {
        List<String> lines = printed(() -> {
            SteppedLane lane = new SteppedLane();
            lane.execute(() -> System.out.println("first"));
            lane.execute(() -> System.out.println("second"));
            lane.step(); // prints first
            lane.runAll(); // prints second
        });

        assertThat(lines).containsExactly("first", "second");
    }

    @Test
    void scripted_chance() {
        RandomGenerator random = ScriptedRandom.of(0, 1L << 63);
        double first = random.nextDouble(); // 0.0, the lowest draw
        double second = random.nextDouble(); // 0.5, the middle one

        assertThat(first).isZero();
        assertThat(second).isEqualTo(0.5);
        assertThatIllegalStateException().isThrownBy(random::nextDouble);
    }

    @Test
    void endpoints_without_a_cluster() {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish("orders.shop:http", Endpoint.of("127.0.0.1", 8080), Endpoint.of("127.0.0.2", 8080));

        assertThat(cluster.scheme()).isEqualTo("k8s");
        assertThat(cluster.resolvers()).isZero();
    }

    // What the examples leave to their reader.

    private final List<Endpoint> sent = new ArrayList<>();

    private void send(Endpoint endpoint) {
        sent.add(endpoint);
    }

    /** What it prints, line by line. */
    private static List<String> printed(Runnable printing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            printing.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private record FixedResolver(ServiceFacts facts, Endpoint endpoint) implements Resolver {
        @Override
        public void start(Listener listener) {
            listener.onUpdate(EndpointSet.of(facts, 1, List.of(endpoint)));
        }

        @Override
        public void close() {}
    }

    private record OneEndpoint(Choice choice) implements LoadBalancer {
        @Override
        public Target target() {
            return Target.parse("orders");
        }

        @Override
        public Choice choose(PickContext context) {
            return choice;
        }

        @Override
        public CompletionStage<LoadBalancer> whenReady(Duration limit) {
            return CompletableFuture.completedStage(this);
        }

        @Override
        public Snapshot snapshot() {
            List<EndpointView> known = choice instanceof EndpointView view ? List.of(view) : List.of();
            return new Snapshot(target(), "first", "code", Map.of(), List.of(), null, known, null, List.of());
        }

        @Override
        public void close() {}
    }

    private static final class View implements EndpointView {
        private final Endpoint endpoint;
        private final List<Outcome> outcomes = new ArrayList<>();
        private final List<LoadReport> reports = new ArrayList<>();

        private View(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public Lease begin() {
            return new Lease() {
                @Override
                public Endpoint endpoint() {
                    return endpoint;
                }

                @Override
                public void answered() {}

                @Override
                public void streams() {}

                @Override
                public void report(LoadReport report) {
                    reports.add(report);
                }

                @Override
                public boolean complete(Outcome outcome) {
                    return outcomes.isEmpty() && outcomes.add(outcome);
                }

                @Override
                public void close() {
                    complete(Outcome.CANCELLED);
                }
            };
        }
    }
}
