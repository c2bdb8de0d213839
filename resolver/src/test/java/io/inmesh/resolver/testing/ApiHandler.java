package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.time.Scheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Answers requests: first what is to go wrong, then who may, then what was asked for. */
final class ApiHandler implements Consumer<Exchange> {

    // Without timeoutSeconds the real server picks something between 30 and 60 minutes (rule W-4).
    private static final Duration LONGEST_WATCH = Duration.ofMinutes(45);

    private final ApiState state;
    private final ApiWrites writes;
    private final Scheduler scheduler;
    private final Executor threads;

    ApiHandler(ApiState state, Scheduler scheduler, Executor threads) {
        this.state = state;
        this.writes = new ApiWrites(state.store());
        this.scheduler = scheduler;
        this.threads = threads;
    }

    @Override
    public void accept(Exchange exchange) {
        state.requests().add(exchange.request());
        Optional<Fault> fault = state.faults().meeting(exchange.request());
        if (fault.isEmpty()) {
            answer(exchange);
        } else {
            suffer(fault.get(), exchange);
        }
    }

    private void suffer(Fault fault, Exchange exchange) {
        if (fault instanceof Fault.Answer answer) {
            refuse(answer.refusal(), exchange);
        } else if (fault instanceof Fault.Delay delay) {
            scheduler.schedule(() -> threads.execute(() -> answer(exchange)), delay.by());
        } else if (fault instanceof Fault.Recorded recorded) {
            repeat(recorded, exchange);
        } else if (fault instanceof Fault.Disconnect) {
            exchange.abort();
        } else if (fault instanceof Fault.Silence) {
            onStream(exchange, WatchStream::silence);
        } else if (fault instanceof Fault.InStream inStream) {
            onStream(exchange, watch -> watch.fail(inStream.answer().refusal()));
        }
        // What is left is Hang: no answer, and the connection stays as it is.
    }

    private static void repeat(Fault.Recorded recorded, Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>(recorded.headers());
        headers.keySet().removeIf(name -> name.matches("(?i)content-type|content-length|transfer-encoding"));
        String body = String.join("\n", recorded.lines()) + "\n";
        try {
            if (recorded.isStream()) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.beginStream(recorded.status(), headers);
                exchange.chunk(bytes, 0, bytes.length);
                exchange.endStream();
            } else {
                exchange.respond(recorded.status(), headers, body);
            }
        } catch (IOException e) {
            // The client went before it had its answer.
            exchange.abort();
        }
    }

    private void onStream(Exchange exchange, Consumer<WatchStream> action) {
        try {
            ApiRequest request = exchange.request();
            ResourceType type = state.typeAt(request).orElseThrow(ApiRefusal::unknownResource);
            WatchStream watch = newWatch(request, type, WatchStream.EndMark.NONE);
            Duration timeout = timeout(request);
            action.accept(watch);
            state.watches().open(watch, exchange, timeout);
        } catch (ApiRefusal refusal) {
            refuse(refusal, exchange);
        }
    }

    private void answer(Exchange exchange) {
        ApiRequest request = exchange.request();
        try {
            ResourceType type = state.typeAt(request).orElseThrow(ApiRefusal::unknownResource);
            state.access().check(request, type);
            switch (request.verb()) {
                case "watch" -> watch(type, exchange);
                case "get" -> exchange.respond(200, Map.of(), get(type, request).toString());
                case "list" -> exchange.respond(200, Map.of(), ListAnswer.to(request, type, state.store()));
                case "create" ->
                    exchange.respond(
                            201,
                            Map.of(),
                            writes.create(type, request, exchange.body()).toString());
                case "update" ->
                    exchange.respond(
                            200,
                            Map.of(),
                            writes.update(type, request, exchange.body()).toString());
                case "patch" ->
                    exchange.respond(
                            200,
                            Map.of(),
                            writes.patch(type, request, exchange.body()).toString());
                case "delete" ->
                    exchange.respond(
                            200,
                            Map.of(),
                            writes.delete(type, request, exchange.body()).toString());
                default ->
                    throw ApiRefusal.of(
                            405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
            }
        } catch (ApiRefusal refusal) {
            refuse(refusal, exchange);
        } catch (IOException e) {
            // The client went before it had its answer.
            exchange.abort();
        }
    }

    private ObjectNode get(ResourceType type, ApiRequest request) {
        String name = String.valueOf(request.name());
        String namespace = request.namespace();
        ObjectNode found = state.store().find(type, namespace == null ? "" : namespace, name);
        if (found == null) {
            throw ApiRefusal.noSuchObject(type, name);
        }
        return found;
    }

    private static void refuse(ApiRefusal refusal, Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (refusal.retryAfterSeconds() >= 0) {
            headers.put("Retry-After", Long.toString(refusal.retryAfterSeconds()));
        }
        try {
            exchange.respond(refusal.code(), headers, refusal.json());
        } catch (IOException e) {
            // The client went before it had its answer.
            exchange.abort();
        }
    }

    private void watch(ResourceType type, Exchange exchange) throws IOException {
        ApiRequest request = exchange.request();
        if ("websocket".equalsIgnoreCase(request.header("upgrade"))) {
            // No web sockets here. A stream without end would keep such a client waiting for the end of the handshake's
            // answer: an empty one makes it come again in plain HTTP.
            exchange.respond(200, Map.of(), "");
            return;
        }
        WatchStart start = WatchStart.of(request, state.streamingLists());
        WatchStream watch =
                newWatch(request, type, start.marked() ? WatchStream.EndMark.SENT : WatchStream.EndMark.NONE);
        Duration timeout = timeout(request);
        try {
            start.begin(state.store(), type, watch);
        } catch (ApiRefusal refusal) {
            if (refusal.code() != 410 || state.goneForm() == GoneForm.HTTP_STATUS) {
                throw refusal;
            }
            watch.fail(refusal);
        }
        state.watches().open(watch, exchange, timeout);
    }

    private WatchStream newWatch(ApiRequest request, ResourceType type, WatchStream.EndMark endMark) {
        return new WatchStream(request, type, Selection.of(request, type), endMark, state.faults());
    }

    private static Duration timeout(ApiRequest request) {
        String seconds = request.parameter("timeoutSeconds");
        if (seconds == null || seconds.equals("0")) {
            return LONGEST_WATCH;
        }
        return Duration.ofSeconds(Versions.number("timeoutSeconds", seconds));
    }
}
