package io.inmesh.samples.quickstart;

import io.inmesh.api.LoadBalancer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The script performed, with a block of the table for each phase.
 *
 * <p>Threads: one.
 */
final class Play {
    private static final Duration REDRAW = Duration.ofMillis(250);

    private final Cluster cluster;
    private final Ledger ledger;
    private final PolicyWatch policies;
    private final LoadBalancer balancer;
    private final Screen screen;

    // The phase that runs: its title, its counts, and the pods that were ending, or had ended, before it began.
    private String title = "";
    private PhaseCounts counts = new PhaseCounts();
    private List<String> leavers = List.of();

    /** The balancer is asked for the policy in force. */
    Play(Cluster cluster, Ledger ledger, PolicyWatch policies, LoadBalancer balancer, Screen screen) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.policies = policies;
        this.balancer = balancer;
        this.screen = screen;
    }

    void perform(Duration length) throws InterruptedException {
        List<Phase> phases = new Script(cluster, () -> balancer.snapshot().policy(), this::pass).phases();
        int weights = phases.stream().mapToInt(Phase::weight).sum();
        for (int i = 0; i < phases.size(); i++) {
            Phase phase = phases.get(i);
            title = (i + 1) + "/" + phases.size() + " " + phase.title() + ": " + phase.story();
            leavers = cluster.pods().stream()
                    .filter(pod -> pod.state() != Pod.State.READY)
                    .map(Pod::name)
                    .toList();
            counts = new PhaseCounts();
            ledger.begin(counts);
            phase.act().play(length.multipliedBy(phase.weight()).dividedBy(weights));
            screen.settle(block());
        }
    }

    /** Lets time pass and keeps the table up to date meanwhile. */
    private void pass(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            screen.draw(block());
            TimeUnit.NANOSECONDS.sleep(Math.min(left, REDRAW.toNanos()));
        }
    }

    private List<String> block() {
        List<PodRow> rows = cluster.pods().stream()
                .map(pod -> PodRow.of(pod, counts))
                .filter(row -> !leavers.contains(row.pod()) || row.hasAnswered())
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title);
        lines.add("  policy: grpc " + policies.policyOf(Door.GRPC) + ", http " + policies.policyOf(Door.HTTP) + " ("
                + balancer.snapshot().policySource() + ")");
        lines.addAll(Table.of(rows));
        return lines;
    }
}
