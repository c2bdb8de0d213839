package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Takes an answer down, for tests to wait for parts of it. */
final class Answered implements ApiTransport.Receiver {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    // All guarded by this.
    private int status;
    private final StringBuilder body = new StringBuilder();
    private boolean over;
    private @Nullable Throwable error;

    static Answered to(ApiTransport api, String path) {
        Answered answered = new Answered();
        api.get(path, answered);
        return answered;
    }

    @Override
    public synchronized void onHead(int answeredStatus, @Nullable String retryAfter) {
        status = answeredStatus;
    }

    @Override
    public synchronized void onBytes(ByteBuffer bytes) {
        body.append(StandardCharsets.UTF_8.decode(bytes));
    }

    @Override
    public synchronized void onEnd(@Nullable Throwable endedBy) {
        over = true;
        error = endedBy;
    }

    synchronized int status() {
        return status;
    }

    synchronized String body() {
        return body.toString();
    }

    synchronized boolean isOver() {
        return over;
    }

    synchronized String failure() {
        return String.valueOf(error);
    }

    Answered awaitEnd() {
        Awaitility.await().atMost(PATIENCE).until(this::isOver);
        return this;
    }

    void awaitBody(String part) {
        Awaitility.await().atMost(PATIENCE).until(() -> body().contains(part));
    }

    int awaitStatus() {
        Awaitility.await().atMost(PATIENCE).until(() -> status() != 0 || isOver());
        return status();
    }
}
