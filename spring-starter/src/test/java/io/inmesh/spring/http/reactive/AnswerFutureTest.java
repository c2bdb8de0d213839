package io.inmesh.spring.http.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.spring.NotedLease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.client.reactive.MockClientHttpResponse;
import reactor.core.publisher.Mono;

/** An attempt's answer and those who want it no more. */
class AnswerFutureTest {
    private final NotedLease lease = new NotedLease();
    private final LeasedAnswer answer = new LeasedAnswer(
            new MockClientHttpResponse(HttpStatus.OK),
            new HttpHeaders(),
            lease,
            "orders.shop",
            OutcomeClassifier.standard(),
            false);

    @Test
    void an_answer_arrives_with_its_lease() {
        assertThat(AnswerFuture.of(Mono.just(answer)).join()).isSameAs(answer);
        assertThat(lease.outcomes()).isEmpty();
    }

    @Test
    void an_error_arrives_as_it_is() {
        assertThatThrownBy(() ->
                        AnswerFuture.of(Mono.error(new IOException("gone"))).join())
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("gone");
    }

    @Test
    void a_cancel_reaches_the_source() {
        AtomicBoolean cancelled = new AtomicBoolean();
        AnswerFuture future = AnswerFuture.of(Mono.<LeasedAnswer>never().doOnCancel(() -> cancelled.set(true)));
        assertThat(future.cancel(true)).isTrue();
        assertThat(cancelled).isTrue();
    }

    @Test
    void an_answer_that_meets_a_cancel_is_given_up() {
        Subscription deaf = new Subscription() {
            @Override
            public void request(long count) {
                // What comes is on its way already.
            }

            @Override
            public void cancel() {
                // Too late.
            }
        };
        List<Subscriber<? super LeasedAnswer>> waiting = new ArrayList<>();
        AnswerFuture future = AnswerFuture.of(Mono.fromDirect(subscriber -> {
            subscriber.onSubscribe(deaf);
            waiting.add(subscriber);
        }));
        assertThat(future.cancel(true)).isTrue();
        waiting.get(0).onNext(answer);
        waiting.get(0).onComplete();
        assertThat(lease.outcomes()).containsOnly(Outcome.SUCCESS);
    }
}
