package io.inmesh.samples.quickstart;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The main job: load on an embedded cluster while pods come and go, and the reckoning afterwards. */
final class MainJob {
    private static final Duration WARM_UP = Duration.ofMillis(500);
    private static final Duration REDRAW = Duration.ofMillis(250);

    private final Options options;
    private final Screen screen;
    private final Ledger ledger = new Ledger();
    private final PolicyWatch policies = new PolicyWatch();

    MainJob(Options options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /** True if no idempotent request was lost and the counts agree. */
    boolean run() throws InterruptedException {
        try (Cluster cluster = new Cluster()) {
            cluster.start(Script.PODS_AT_FIRST);
            screen.say("A cluster in this process: API at " + cluster.apiUrl() + ", " + Script.PODS_AT_FIRST
                    + " pods of service orders in namespace shop.");
            screen.say("A client of " + GrpcOrders.TARGET + " and " + HttpOrders.TARGET + ": " + options.perSecond()
                    + " requests a second for " + options.length().toSeconds() + " s.");
            try (KubernetesResolverProvider kubernetes = new KubernetesResolverProvider(cluster.config());
                    Mesh mesh = Meshes.of(options, kubernetes, ledger, policies);
                    HttpOrders http = new HttpOrders(mesh, ledger);
                    GrpcOrders grpc = new GrpcOrders(mesh)) {
                Meshes.awaitReady(http.balancer(), mesh);
                Load load = new Load(options.perSecond(), List.of(grpc, http), ledger);
                load.start();
                TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos()); // Into counts that no phase shows.
                play(cluster, http.balancer());
                load.stop();
                tellOf(load);
            }
            Verdict verdict = Verdict.of(ledger, cluster.pods());
            screen.settle(verdict.lines());
            return verdict.isGood();
        }
    }

    private void play(Cluster cluster, LoadBalancer balancer) throws InterruptedException {
        List<Phase> phases = new Script(cluster, () -> balancer.snapshot().policy()).phases();
        int weights = phases.stream().mapToInt(Phase::weight).sum();
        ScheduledExecutorService redraw = Executors.newSingleThreadScheduledExecutor();
        try {
            for (Phase phase : phases) {
                List<Pod> gone =
                        cluster.pods().stream().filter(MainJob::hasEnded).toList();
                PhaseCounts counts = new PhaseCounts();
                ledger.begin(counts);
                String title =
                        (phases.indexOf(phase) + 1) + "/" + phases.size() + " " + phase.title() + ": " + phase.story();
                ScheduledFuture<?> drawing = redraw.scheduleAtFixedRate(
                        () -> screen.draw(block(title, cluster, gone, counts, balancer)),
                        0,
                        REDRAW.toNanos(),
                        TimeUnit.NANOSECONDS);
                phase.act().play(options.length().multipliedBy(phase.weight()).dividedBy(weights));
                drawing.cancel(false);
                screen.settle(block(title, cluster, gone, counts, balancer));
            }
        } finally {
            redraw.shutdownNow();
        }
    }

    private List<String> block(
            String title, Cluster cluster, List<Pod> gone, PhaseCounts counts, LoadBalancer balancer) {
        List<PodRow> rows = cluster.pods().stream()
                .filter(pod -> !gone.contains(pod))
                .map(pod -> PodRow.of(pod, counts))
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title);
        lines.add("  policy: grpc " + policies.policyOf(Door.GRPC) + ", http " + policies.policyOf(Door.HTTP) + " ("
                + balancer.snapshot().policySource() + ")");
        lines.addAll(Table.of(rows));
        return lines;
    }

    private static boolean hasEnded(Pod pod) {
        return pod.state() == Pod.State.STOPPED || pod.state() == Pod.State.KILLED;
    }

    private void tellOf(Load load) {
        screen.say("");
        if (load.heldBack() > 0) {
            screen.say("  " + load.heldBack() + " requests were not sent: this machine cannot keep up with --rate "
                    + options.perSecond());
        }
    }
}
