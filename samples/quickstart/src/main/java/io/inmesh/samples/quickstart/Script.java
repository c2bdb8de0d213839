package io.inmesh.samples.quickstart;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What befalls the cluster while load runs, phase by phase. */
final class Script {
    static final int PODS_AT_FIRST = 4;
    private static final int PODS_ADDED = 2;

    private final Cluster cluster;
    private final Supplier<String> policyInForce;
    private final Time time;

    /** Lets time pass. */
    @FunctionalInterface
    interface Time {
        /** Returns when that much of it has passed. */
        void pass(Duration length) throws InterruptedException;
    }

    /** The policy in force is asked for when another one is to be chosen. */
    Script(Cluster cluster, Supplier<String> policyInForce, Time time) {
        this.cluster = cluster;
        this.policyInForce = policyInForce;
        this.time = time;
    }

    List<Phase> phases() {
        return List.of(
                new Phase("steady", "nothing happens", 3, length -> pass(length, 1)),
                new Phase("scale out", "two pods more", 3, this::scaleOut),
                new Phase(
                        "drain",
                        "a pod is deleted: first its slice says so, then it stops, then it is gone",
                        4,
                        this::drain),
                new Phase("kill without warning", "a pod crashes; a while later its slice notices", 4, this::kill),
                new Phase("rolling update", "every pod is replaced, one after the other", 6, this::roll),
                new Phase(
                        "policy switched",
                        "the Service gets annotation " + Cluster.POLICY_ANNOTATION,
                        3,
                        this::switchPolicy),
                new Phase(
                        "API down",
                        "the API server is gone, and a pod crashes; then the API is back",
                        5,
                        this::apiDown));
    }

    private void scaleOut(Duration length) throws InterruptedException {
        cluster.start(PODS_ADDED);
        pass(length, 1);
    }

    private void drain(Duration length) throws InterruptedException {
        Pod leaver = cluster.ready().get(0);
        pass(length, 0.2);
        cluster.beginDraining(leaver);
        pass(length, 0.4);
        cluster.stop(leaver);
        pass(length, 0.4);
    }

    private void kill(Duration length) throws InterruptedException {
        Pod victim = cluster.ready().get(0);
        pass(length, 0.2);
        cluster.kill(victim);
        pass(length, 0.4);
        cluster.forget(victim);
        cluster.start(1);
        pass(length, 0.4);
    }

    /** One more pod than wanted at any time, and none less: the newcomer serves before its predecessor is told to end. */
    private void roll(Duration length) throws InterruptedException {
        List<Pod> old = cluster.ready();
        double step = 1.0 / (old.size() + 2);
        for (Pod leaver : old) {
            cluster.start(1);
            cluster.beginDraining(leaver);
            pass(length, step);
            cluster.stop(leaver);
        }
        pass(length, 2 * step);
    }

    /** The annotation stays: what the API said last holds while it is down. */
    private void switchPolicy(Duration length) throws InterruptedException {
        String another = policyInForce.get().equals("round-robin") ? "random" : "round-robin";
        cluster.annotatePolicy(another);
        pass(length, 1);
    }

    private void apiDown(Duration length) throws InterruptedException {
        Pod victim = cluster.ready().get(0);
        cluster.stopApi();
        pass(length, 0.2);
        cluster.kill(victim);
        pass(length, 0.5);
        cluster.forget(victim);
        cluster.startApi();
        pass(length, 0.3);
    }

    private void pass(Duration length, double part) throws InterruptedException {
        time.pass(Duration.ofNanos((long) (length.toNanos() * part)));
    }
}
