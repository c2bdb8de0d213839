package io.inmesh.samples.quickstart;

import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import java.util.List;

/** The main job: load on an embedded cluster while pods come and go, and the reckoning afterwards. */
final class MainJob {
    private static final int WARM_UP_REQUESTS = 50;

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
            try (KubernetesResolverProvider kubernetes = new KubernetesResolverProvider(cluster.config());
                    Mesh mesh = Meshes.of(options, kubernetes, ledger, policies);
                    HttpOrders http = new HttpOrders(mesh);
                    GrpcOrders grpc = new GrpcOrders(mesh)) {
                Meshes.awaitReady(http.balancer(), mesh);
                introduce(cluster);
                Load load = new Load(options.perSecond(), List.of(grpc, http), ledger);
                load.warmUp(WARM_UP_REQUESTS); // Counted, but in no phase.
                load.start();
                new Play(cluster, ledger, policies, http.balancer(), screen).perform(options.length());
                load.stop();
                tellOf(load);
            }
            Verdict verdict = Verdict.of(ledger, cluster.pods());
            screen.settle(verdict.lines());
            return verdict.isGood();
        }
    }

    private void introduce(Cluster cluster) {
        screen.say("A cluster in this process: its API at " + cluster.apiUrl() + ", " + Script.PODS_AT_FIRST
                + " pods of service orders in namespace shop.");
        screen.say("A client that knows " + GrpcOrders.TARGET + " and " + HttpOrders.TARGET + ": " + options.perSecond()
                + " requests a second for " + options.length().toSeconds() + " s.");
    }

    private void tellOf(Load load) {
        screen.say("");
        if (load.heldBack() > 0) {
            screen.say("  " + load.heldBack() + " requests were not sent: this machine cannot keep up with --rate "
                    + options.perSecond());
        }
    }
}
