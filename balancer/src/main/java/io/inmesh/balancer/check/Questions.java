package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.config.CheckConfig;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.state.Word;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The questions to one endpoint, one after the other, and what its answers come to.
 *
 * <p>Threads: the source's lane.
 */
final class Questions {
    private final CheckConfig config;
    private final Check check;
    private final HealthSource.Site site;

    private Endpoint endpoint;

    /** Bad answers in a row while it is well, good ones in a row while it is not. */
    private int inARow;

    private boolean out;
    private boolean ended;

    /** The next question, or the end of patience with this one. */
    private Scheduler.@Nullable Cancellable timer;

    /** The question that is waiting for its answer. */
    private @Nullable CompletableFuture<Void> waiting;

    /** To that endpoint, which is out already or not. */
    Questions(CheckConfig config, Check check, HealthSource.Site site, Endpoint endpoint, boolean out) {
        this.config = config;
        this.check = check;
        this.site = site;
        this.endpoint = endpoint;
        this.out = out;
    }

    /** The endpoint as a newer set has it. */
    void endpoint(Endpoint newer) {
        endpoint = newer;
    }

    boolean isOut() {
        return out;
    }

    void askIn(Duration delay) {
        timer = after(delay, this::ask);
    }

    /** Nobody wants to know any more; true if it is out. */
    boolean end() {
        ended = true;
        if (timer != null) {
            timer.cancel();
        }
        if (waiting != null) {
            waiting.cancel(true);
        }
        return out;
    }

    private Scheduler.Cancellable after(Duration delay, Runnable task) {
        return site.tools().scheduler().schedule(() -> site.lane().execute(task), delay);
    }

    private void ask() {
        if (ended) {
            return;
        }
        CompletableFuture<Void> question = question();
        waiting = question;
        timer = after(config.timeout(), () -> question.cancel(true));
        Object unused = question.whenComplete((nothing, failure) -> site.lane().execute(() -> answered(failure)));
    }

    private CompletableFuture<Void> question() {
        try {
            return check.ask(endpoint);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answered(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        waiting = null;
        if (timer != null) {
            timer.cancel();
        }
        boolean speaksForChange = (failure == null) == out;
        inARow = speaksForChange ? inARow + 1 : 0;
        if (failure != null && !out && inARow >= config.unhealthyAfter()) {
            takeOut(reason(failure));
        } else if (failure == null && out && inARow >= config.healthyAfter()) {
            out = false;
            inARow = 0;
            site.voice().say(endpoint, Word.HEALTHY);
        }
        askIn(ActiveChecks.nextDelay(config.interval(), site.tools().random().nextDouble()));
    }

    private void takeOut(String last) {
        out = true;
        int failed = inARow;
        inARow = 0;
        String how = config.mode().name().toLowerCase(Locale.ROOT)
                + (config.mode() == CheckConfig.Mode.HTTP ? " " + config.path() : "");
        String often = failed == 1 ? "failed" : "failed " + failed + " times in a row";
        site.voice().say(endpoint, Word.out("active check (" + how + ") " + often + ", last: " + last, Duration.ZERO));
    }

    private String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CancellationException) {
            return "no answer within " + config.timeout().toMillis() + " ms";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
