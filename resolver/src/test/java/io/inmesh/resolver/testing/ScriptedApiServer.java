package io.inmesh.resolver.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.time.Scheduler;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A small Kubernetes API server on 127.0.0.1: lists, gets and watches of whatever objects it is given, over real HTTP, with the
 * behaviour of rules W-1 to W-19 and with faults on demand. It does nothing by itself: no controller runs in it ({@link
 * ScriptedService} writes what the endpoint slice controller would).
 *
 * <pre>{@code
 * try (ScriptedApiServer api = ScriptedApiServer.open()) {
 *     ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));
 *     orders.add(ScriptedPod.of("orders-1", "127.0.0.2"));
 *     connect(api.url());
 * }
 * }</pre>
 *
 * <p>Threads: any.
 */
public final class ScriptedApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final ApiState state;
    private final LoopbackListener listener;

    // The scheduler to be closed with the server, or null if it is someone else's.
    private final @Nullable Scheduler owned;

    private ScriptedApiServer(Scheduler scheduler, @Nullable Scheduler owned) {
        this.owned = owned;
        state = new ApiState(scheduler, ScriptedApiServer::onNewThread);
        ApiHandler handler = new ApiHandler(state, scheduler, ScriptedApiServer::onNewThread);
        listener = new LoopbackListener(
                ScriptedApiServer::onNewThread, (socket, onEnd) -> new HttpConnection(socket, handler, onEnd));
    }

    /** Opens one on a free port, its timers in real time. */
    public static ScriptedApiServer open() {
        Scheduler scheduler = Scheduler.system("scripted-api-timer");
        ScriptedApiServer server = new ScriptedApiServer(scheduler, scheduler);
        server.start();
        return server;
    }

    /** Opens one on a free port, its timers (bookmarks, ends of watches, delays) on that scheduler, which stays the caller's. */
    public static ScriptedApiServer open(Scheduler scheduler) {
        ScriptedApiServer server = new ScriptedApiServer(scheduler, null);
        server.start();
        return server;
    }

    // A watch holds two threads for as long as it lives; a pool would only keep them a little longer.
    private static void onNewThread(Runnable task) {
        Thread thread = new Thread(task, "scripted-api-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    /** Where it listens, also while it is down. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    /** Comes back after {@link #stop()}, on the same port, with the same objects and versions. */
    public void start() {
        listener.open();
        state.watches().scheduleBookmarks();
    }

    /** Goes down: breaks every connection and refuses new ones. Objects can still be changed; watches hear of it when they resume. */
    public void stop() {
        state.watches().cancelBookmarks();
        listener.down();
    }

    /** Goes down for good. */
    @Override
    public void close() {
        state.watches().cancelBookmarks();
        listener.close();
        if (owned != null) {
            owned.close();
        }
    }

    /**
     * Creates an object or replaces it. Missing uid and creation time are filled in; equal content changes nothing; another uid is
     * another object, so the old one is deleted first.
     *
     * @return the object as it is now, not to be changed
     */
    public ObjectNode apply(ObjectNode object) {
        return state.store()
                .put(
                        state.typeOf(
                                object.path("apiVersion").asText(),
                                object.path("kind").asText()),
                        object);
    }

    /** The same, from JSON text. */
    public ObjectNode apply(String json) {
        return apply(parsed(json));
    }

    private static ObjectNode parsed(String json) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalArgumentException("'" + json + "' (expected: a JSON object)");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: '" + json + "' (expected: a JSON object)", e);
        }
    }

    /**
     * Deletes an object; for a type without namespaces that is empty.
     *
     * @return false if there is none
     */
    public boolean delete(ResourceType type, String namespace, String name) {
        return state.store().delete(type, namespace, name);
    }

    /** The object as it is now, not to be changed. */
    public Optional<ObjectNode> find(ResourceType type, String namespace, String name) {
        return Optional.ofNullable(state.store().find(type, namespace, name));
    }

    /** All objects of a type as they are now, not to be changed. */
    public List<ObjectNode> objects(ResourceType type) {
        return state.store().list(type, Selection.EVERYTHING, 0).objects();
    }

    /** The version of the newest change. */
    public String resourceVersion() {
        return Long.toString(state.store().version());
    }

    /** Forgets the past: watches that resume from a version known before are told 410 (rule W-5). Running ones go on. */
    public void compact() {
        state.store().compact();
    }

    /** How it says 410 from now on. */
    public void goneForm(GoneForm form) {
        state.goneForm(form);
    }

    /** What it makes of streaming lists from now on. */
    public void streamingLists(StreamingLists behaviour) {
        state.streamingLists(behaviour);
    }

    /** Takes over a recorded list as it is, versions included; what was known of its type is forgotten, and so is the past of all. */
    public void load(String recordedList) {
        new Replay(state).load(parsed(recordedList));
    }

    /** Takes over a recorded line of a watch as it is, version included; lines of all types in the order of their versions. */
    public void replay(String recordedLine) {
        new Replay(state).line(parsed(recordedLine));
    }

    /** Serves another type of objects from now on. */
    public void serve(ResourceType type) {
        state.types().add(type);
    }

    /** Serves a type no more: its paths are answered 404, as by a cluster that lacks it (rule E-2). */
    public void withdraw(ResourceType type) {
        state.types().remove(type);
    }

    /** What goes wrong. */
    public Faults faults() {
        return state.faults();
    }

    /** Who may do what. */
    public Access access() {
        return state.access();
    }

    /** The watches that are open now. */
    public OpenWatches watches() {
        return state.watches();
    }

    /** Every request since the start or since {@link #forgetRequests()}, in the order they came. */
    public List<ApiRequest> requests() {
        return List.copyOf(state.requests());
    }

    /** Those of them that fit. */
    public List<ApiRequest> requests(Predicate<ApiRequest> which) {
        return state.requests().stream().filter(which).toList();
    }

    /** Forgets the requests so far. */
    public void forgetRequests() {
        state.requests().clear();
    }

    /** Writes a kubeconfig that leads here: server, namespace, and the token if one is required. */
    public void kubeconfig(Path file, String namespace) {
        Kubeconfig.write(file, url(), namespace, state.access().token());
    }
}
