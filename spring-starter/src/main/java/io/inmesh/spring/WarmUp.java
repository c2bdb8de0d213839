package io.inmesh.spring;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Asks for the services that the application will need before its first request does, and waits for the answers, for a bounded time. What is
 * not there by then is said in the log and goes on being waited for in the background; the application starts all the same.
 *
 * <p>Threads: the one that starts the context.
 */
final class WarmUp {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final String TARGETS = InmeshProperties.PREFIX + ".warm.targets";

    private final List<String> targets;
    private final Duration wait;
    private final WrittenProperties written;

    /** Keeps the watches while the application runs; the mesh's end is theirs. */
    private final List<LoadBalancer> held = new ArrayList<>();

    /**
     * Will ask for them.
     *
     * @throws InvalidPropertyException if the wait is negative
     */
    WarmUp(InmeshProperties.Warm said, WrittenProperties written) {
        this.targets = said.targets();
        this.wait = said.forAtMost();
        this.written = written;
        if (wait.isNegative()) {
            throw written.refusal(
                    ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".warm.for-at-most"),
                    wait,
                    "it is negative (expected: zero or more, as in 5s)");
        }
    }

    /** False once it was done: a context that is started again has what it asked for. */
    boolean isNeeded() {
        return !targets.isEmpty() && held.isEmpty();
    }

    /**
     * Asks, and waits.
     *
     * @throws InvalidPropertyException if something named is no target, or has settings that cannot be used
     */
    void warm(Mesh mesh) {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            LoadBalancer balancer = ask(mesh, i);
            if (balancer != null) {
                held.add(balancer);
                asked.add(balancer.whenReady(wait).toCompletableFuture());
            }
        }
        await(asked);
        for (LoadBalancer balancer : held) {
            Rejection rejection = balancer.snapshot().rejection();
            if (rejection != null) {
                log.warn("{}: the application starts without {}: {}", TARGETS, balancer.target(), rejection);
            }
        }
    }

    /** Waits for all, or until the time is up; each wait is bounded already, but by the mesh's clock, which may be one that stands. */
    private void await(List<CompletableFuture<?>> asked) {
        // An answer that there is nothing is an answer, and no reason not to wait for the others.
        CompletableFuture<?>[] answers = asked.stream()
                .map(each -> each.handle((ready, rejected) -> ready))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(answers).get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.debug("{}: waited for {}", TARGETS, wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("no answer can fail here", e);
        }
    }

    private @Nullable LoadBalancer ask(Mesh mesh, int index) {
        String target = targets.get(index);
        try {
            return mesh.service(target);
        } catch (IllegalArgumentException e) { // No target, or one with settings that cannot be used.
            throw written.refusal(
                    written.item(ConfigurationPropertyName.of(TARGETS), index), target, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) { // Its surroundings are not there, a kubeconfig say; they may come.
            log.warn("{}: {} cannot be asked for: {}", TARGETS, target, e.getMessage());
            return null;
        }
    }
}
