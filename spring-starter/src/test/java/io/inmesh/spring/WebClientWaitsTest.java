package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Who waits, and on which thread, until WebClient knows a service. */
@Timeout(120)
class WebClientWaitsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static Mono<String> ask(WebClient client, String url) {
        return client.get().uri(URI.create(url)).retrieve().bodyToMono(String.class);
    }

    private static String get(WebClient client, String url) {
        return String.valueOf(ask(client, url).block(LIMIT));
    }

    /** Asks when it is made, by a thread that holds what Spring makes lazy beans under. */
    static final class Asking {
        final String answer;

        Asking(WebClient.Builder builder) {
            answer = get(builder.build(), "http://orders.shop/");
        }
    }

    @Test
    void the_wait_for_a_services_first_pods_holds_no_thread() {
        Pod pod = pod();
        web.withPropertyValues("inmesh.startup-wait=10m").run(started -> {
            WebClient client = webClient(started);
            List<CompletableFuture<String>> waiting = new ArrayList<>();
            CompletableFuture<String> next = new CompletableFuture<>();
            // The first is asked for a service that nobody has begun to look for, the others, more than any pool of
            // Reactor's has threads, for one that is looked for.
            for (int i = 0; i <= Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE; i++) {
                Schedulers.single().schedule(() -> {
                    CompletableFuture<String> asked =
                            ask(client, "http://orders.shop.svc/").toFuture();
                    waiting.add(asked); // On one thread alone.
                    if (waiting.size() > Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE) {
                        next.complete(Thread.currentThread().getName());
                    }
                });
            }
            assertThat(next.get(30, TimeUnit.SECONDS)).startsWith("single");
            await().atMost(LIMIT).until(() -> cluster.resolvers() == 1);
            for (Scheduler each : List.of(Schedulers.boundedElastic(), Schedulers.parallel())) {
                CompletableFuture<Boolean> unrelated = new CompletableFuture<>();
                for (int i = 0; i < Schedulers.DEFAULT_POOL_SIZE; i++) {
                    each.schedule(() -> unrelated.complete(true));
                }
                assertThat(unrelated.get(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            cluster.publish("orders.shop.svc:80", pod.endpoint());
            for (CompletableFuture<String> each : waiting) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo(pod.name());
            }
        });
    }

    @Test
    void the_lookup_of_an_unknown_host_begins_on_a_thread_that_may_wait() {
        CompletableFuture<String> thread = new CompletableFuture<>();
        BalancerObserver noting = new BalancerObserver() {
            @Override
            public void watching(Target target, Supplier<List<WatchAge>> ages) {
                thread.complete(Thread.currentThread().getName());
            }
        };
        web.withBean("noting", BalancerObserver.class, () -> noting).run(started -> {
            Disposable asked = Schedulers.single().schedule(() -> ask(webClient(started), "http://stock.shop/")
                    .onErrorComplete() // Nobody knows it.
                    .subscribe());
            assertThat(thread.get(30, TimeUnit.SECONDS)).startsWith("boundedElastic");
            asked.dispose();
        });
    }

    @Test
    void a_bean_may_wait_for_the_first_answer_of_all_while_it_is_made() {
        Pod pod = pod();
        ordersAre(pod);
        web.withInitializer(started ->
                        started.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean(Asking.class)
                .run(started -> assertThat(started.getBean(Asking.class).answer).isEqualTo(pod.name()));
    }

    @Test
    void a_caller_that_gives_up_does_not_interrupt_the_lookup_that_others_wait_for_too() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        BalancerObserver slow = new BalancerObserver() {
            @Override
            public void watching(Target target, Supplier<List<WatchAge>> ages) {
                begun.countDown();
                try {
                    interrupted.complete(!givenUp.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                }
            }
        };
        Pod pod = pod();
        ordersAre(pod);
        web.withBean("slow", BalancerObserver.class, () -> slow).run(started -> {
            WebClient client = webClient(started);
            Disposable asked = ask(client, "http://orders.shop/").subscribe();
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            asked.dispose();
            givenUp.countDown();
            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isFalse();
            assertThat(get(client, "http://orders.shop/")).isEqualTo(pod.name());
        });
    }
}
