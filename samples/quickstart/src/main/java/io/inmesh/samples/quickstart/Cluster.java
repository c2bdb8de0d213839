package io.inmesh.samples.quickstart;

import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster in this process: an API server, and pods of service {@code orders} in namespace {@code shop}. Does to pods what
 * kubelet and the controllers do, one step at a time, so that the script decides when.
 *
 * <p>Threads: one drives it; {@link #pods()} and the API are for all.
 */
final class Cluster implements AutoCloseable {
    static final String POLICY_ANNOTATION = "inmesh.io/policy";
    private static final String NAMESPACE = "shop";
    private static final String SERVICE = "orders";
    private static final int GRPC_PORT = 9090;
    private static final int HTTP_PORT = 80;
    private static final int LONGEST_STOP_SECONDS = 10;

    private final ScriptedApiServer api = ScriptedApiServer.open();

    // Pods listen where they like, so target ports are named and a slice exists for each set of numbers.
    private final ScriptedService orders = ScriptedService.of(
            api,
            NAMESPACE,
            SERVICE,
            ScriptedPort.tcp(Door.GRPC.portName(), GRPC_PORT, Door.GRPC.portName()),
            ScriptedPort.tcp(Door.HTTP.portName(), HTTP_PORT, Door.HTTP.portName()));

    private final List<Pod> pods = new CopyOnWriteArrayList<>();

    /** Waits for pods to end, since the script shall not. */
    private final ExecutorService kubelet = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "kubelet");
        thread.setDaemon(true);
        return thread;
    });

    /** What a client needs to know to find it; in a pod of a real cluster this would be nothing at all. */
    KubernetesConfig config() {
        return KubernetesConfig.DEFAULT.withMasterUrl(api.url()).withNetwork(KubernetesConfig.Network.INSIDE);
    }

    /** Where its API is. */
    URI apiUrl() {
        return api.url();
    }

    /** Every pod that ever ran, in the order of their numbers. */
    List<Pod> pods() {
        return List.copyOf(pods);
    }

    /** Those that serve and were not told to end, the oldest first. */
    List<Pod> ready() {
        return pods.stream().filter(pod -> pod.state() == Pod.State.READY).toList();
    }

    /** Starts so many pods, each on the node after the last one's. */
    void start(int howMany) {
        List<ScriptedPod> added = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            Node node = Node.ALL.get(pods.size() % Node.ALL.size());
            Pod pod = Pod.start(pods.size() + 1, node);
            pods.add(pod);
            added.add(ScriptedPod.of(pod.name(), pod.address())
                    .on(node.name(), node.zone())
                    .withPort(Door.GRPC.portName(), pod.backend(Door.GRPC).port())
                    .withPort(Door.HTTP.portName(), pod.backend(Door.HTTP).port()));
        }
        orders.add(added.toArray(ScriptedPod[]::new));
    }

    /** A pod is deleted: its slice says that it terminates and still serves. The pod itself goes on. */
    void beginDraining(Pod pod) {
        pod.beginDraining();
        orders.drain(pod.name());
    }

    /** The pod's servers stop taking connections and finish what runs; when that is done the pod vanishes from the slices. */
    void stop(Pod pod) {
        kubelet.execute(() -> {
            pod.stop();
            orders.remove(pod.name());
        });
    }

    /** The pod crashes. The slices know nothing of it. */
    void kill(Pod pod) {
        pod.kill();
    }

    /** The slices lose a pod, as when its crash is noticed. */
    void forget(Pod pod) {
        orders.remove(pod.name());
    }

    /** The Service's owner wishes a policy, or with null no longer does. */
    void annotatePolicy(@Nullable String policy) {
        orders.annotate(POLICY_ANNOTATION, policy);
    }

    /** The API server refuses connections and breaks those it had. */
    void stopApi() {
        api.stop();
    }

    /** The API server is back. */
    void startApi() {
        api.start();
    }

    /** Ends every pod as it should, and the API with them. */
    @Override
    public void close() {
        ready().forEach(pod -> kubelet.execute(pod::stop));
        kubelet.shutdown();
        try {
            kubelet.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        api.close();
    }
}
