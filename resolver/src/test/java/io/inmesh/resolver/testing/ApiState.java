package io.inmesh.resolver.testing;

import io.inmesh.api.time.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** What the server knows and how it is told to behave; survives every stop. */
final class ApiState {
    private final ResourceStore store = new ResourceStore();
    private final Faults faults = new Faults();
    private final Access access = new Access();
    private final OpenWatches watches;
    private final Queue<ApiRequest> requests = new ConcurrentLinkedQueue<>();
    private final Set<ResourceType> types = ConcurrentHashMap.newKeySet();

    // Both written by tests, read by every watch that begins.
    private volatile StreamingLists streamingLists = StreamingLists.SUPPORTED;
    private volatile GoneForm goneForm = GoneForm.ERROR_EVENT;

    ApiState(Scheduler scheduler, Executor threads) {
        watches = new OpenWatches(store, scheduler, threads);
        types.addAll(List.of(
                ResourceType.SERVICES,
                ResourceType.ENDPOINT_SLICES,
                ResourceType.ENDPOINTS,
                ResourceType.PODS,
                ResourceType.NODES));
    }

    ResourceStore store() {
        return store;
    }

    Faults faults() {
        return faults;
    }

    Access access() {
        return access;
    }

    OpenWatches watches() {
        return watches;
    }

    Queue<ApiRequest> requests() {
        return requests;
    }

    Set<ResourceType> types() {
        return types;
    }

    Optional<ResourceType> typeAt(ApiRequest request) {
        return ApiPath.parse(request.path())
                .flatMap(path -> types.stream().filter(path::leadsTo).findAny());
    }

    ResourceType typeOf(String apiVersion, String kind) {
        return types.stream()
                .filter(type ->
                        type.apiVersion().equals(apiVersion) && type.kind().equals(kind))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("apiVersion '" + apiVersion + "', kind '" + kind
                        + "' (expected: one of those served, see ScriptedApiServer.serve: " + types + ")"));
    }

    StreamingLists streamingLists() {
        return streamingLists;
    }

    void streamingLists(StreamingLists behaviour) {
        streamingLists = behaviour;
    }

    GoneForm goneForm() {
        return goneForm;
    }

    void goneForm(GoneForm form) {
        goneForm = form;
    }
}
