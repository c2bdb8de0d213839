package io.inmesh.spring.http.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.spring.http.wire.Drain;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** How much is read, and for how long, of a body that nobody wants. */
class UnwantedBodyTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final AtomicBoolean hungUp = new AtomicBoolean();
    private final AtomicLong read = new AtomicLong();

    private void drain(Flux<Integer> body) {
        UnwantedBody.drained(body.doOnCancel(() -> hungUp.set(true)), bytes -> {
                    read.addAndGet(bytes);
                    return bytes;
                })
                .block(LIMIT);
    }

    @Test
    void a_short_body_is_read_to_its_end() {
        drain(Flux.just(10, 20));
        assertThat(hungUp).isFalse();
        assertThat(read).hasValue(30);
    }

    @Test
    void a_body_that_stalls_is_given_up() {
        drain(Flux.concat(Flux.just(10), Flux.never()));
        assertThat(hungUp).isTrue();
    }

    @Test
    void a_body_without_end_is_given_up() {
        drain(Flux.<Integer>generate(sink -> sink.next(1000)));
        assertThat(hungUp).isTrue();
        assertThat(read.get()).isBetween(Drain.BYTES, Drain.BYTES + 1000);
    }
}
