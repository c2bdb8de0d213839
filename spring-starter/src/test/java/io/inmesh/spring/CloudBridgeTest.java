package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Reason;
import io.inmesh.api.Sessions;
import io.inmesh.api.Unresolved;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;

/** The use cases of Spring Cloud LoadBalancer's documentation, on our engine. */
@ExtendWith(OutputCaptureExtension.class)
class CloudBridgeTest extends CloudFixture {

    @Test
    void every_load_balanced_client_reaches_the_pods_by_the_policy() {
        ordersAreOnly(pod(), pod(), pod());
        cloud.run(started -> {
            // The first one is placed by the thread that brings the endpoints, and each thread has turns of its own.
            byRestClient(started);
            for (Caller caller : callers()) {
                TreeMap<String, Integer> answers = new TreeMap<>();
                for (int i = 0; i < 9; i++) {
                    answers.merge(String.valueOf(caller.call(started)), 1, Integer::sum);
                }
                assertThat(answers).hasToString("{pod-11=3, pod-12=3, pod-13=3}");
            }
            assertThat(inFlight(started)).isZero();
            assertThat(leases(started)).extracting("leases.leases").asString().isEqualTo("{}");
        });
    }

    @Test
    void a_request_is_in_flight_while_it_runs_and_what_is_only_chosen_never_is() {
        Pod pod = pod();
        ordersAreOnly(pod);
        List<Integer> running = new CopyOnWriteArrayList<>();
        cloud.run(started -> {
            pod.answering(exchange -> {
                running.add(inFlight(started));
                Pod.answer(exchange, 200, "ok");
            });
            for (Caller caller : callers()) {
                caller.call(started);
                await().until(() -> inFlight(started) == 0);
            }
            assertThat(running).containsExactly(1, 1, 1);
            LoadBalancerClient client = started.getBean(LoadBalancerClient.class);
            for (int i = 0; i < 10; i++) {
                assertThat(client.choose("orders")).isNotNull();
            }
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void an_instance_that_was_chosen_by_hand_is_counted_while_a_request_goes_there() throws Exception {
        ordersAreOnly(pod());
        cloud.run(started -> {
            LoadBalancerClient client = started.getBean(LoadBalancerClient.class);
            ServiceInstance instance = Objects.requireNonNull(client.choose("orders"));
            assertThat(instance.getMetadata()).containsEntry("pod", "pod-11").containsEntry("weight", "1");
            int running = client.execute("orders", instance, chosen -> inFlight(started));
            assertThat(running).isEqualTo(1);
            assertThatThrownBy(() -> client.execute("orders", instance, chosen -> {
                        throw new IllegalStateException("broken");
                    }))
                    .hasMessage("broken");
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_failed_attempt_is_repeated_on_an_endpoint_that_was_not_tried() throws Exception {
        Pod good = pod();
        ordersAreOnly(nobody(31), nobody(32), good.endpoint());
        cloud.withPropertyValues(
                        "spring.cloud.loadbalancer.retry.enabled=true",
                        "spring.cloud.loadbalancer.retry.max-retries-on-next-service-instance=2")
                .run(started -> {
                    for (Caller caller : callers()) {
                        for (int i = 0; i < 4; i++) {
                            assertThat(caller.call(started)).isEqualTo("pod-11");
                        }
                    }
                    assertThat(inFlight(started)).isZero();
                });
    }

    @Test
    void a_status_that_is_to_be_retried_is() {
        Pod bad = pod();
        bad.answering(exchange -> Pod.answer(exchange, 503, "no"));
        Pod good = pod();
        ordersAreOnly(bad, good);
        cloud.withPropertyValues(
                        "spring.cloud.loadbalancer.retry.enabled=true",
                        "spring.cloud.loadbalancer.retry.retryable-status-codes=503")
                .run(started -> {
                    for (Caller caller : callers()) {
                        for (int i = 0; i < 2; i++) {
                            assertThat(caller.call(started)).isEqualTo("pod-12");
                        }
                    }
                    assertThat(bad.seen()).isNotEmpty();
                    assertThat(inFlight(started)).isZero();
                });
    }

    @Test
    void a_sticky_cookie_brings_requests_back_to_their_instance() {
        Pod first = pod();
        Pod second = pod();
        ordersAreOnly(first, second);
        String cookie = "sc-lb-instance-id=" + Sessions.tokenOf(second.endpoint());
        cloud.withPropertyValues("spring.cloud.loadbalancer.configurations=request-based-sticky-session")
                .run(started -> {
                    RestTemplate template = started.getBean(RestTemplate.class);
                    template.getInterceptors().add(0, (request, body, execution) -> {
                        request.getHeaders().add("Cookie", "other=1; " + cookie);
                        return execution.execute(request, body);
                    });
                    WebClient web = started.getBean(WebClient.Builder.class)
                            .defaultCookie("sc-lb-instance-id", Sessions.tokenOf(second.endpoint()))
                            .build();
                    RestClient rest = started.getBean(RestClient.Builder.class)
                            .defaultHeader("Cookie", cookie)
                            .build();
                    for (int i = 0; i < 4; i++) {
                        assertThat(template.getForObject("http://orders/", String.class))
                                .isEqualTo("pod-12");
                        assertThat(web.get()
                                        .uri("http://orders/")
                                        .retrieve()
                                        .bodyToMono(String.class)
                                        .block())
                                .isEqualTo("pod-12");
                        assertThat(get(rest, "http://orders/")).isEqualTo("pod-12");
                    }
                    assertThat(first.seen()).isEmpty();
                });
    }

    @Test
    void the_cookie_that_spring_cloud_adds_names_the_instance_that_was_chosen() {
        Pod pod = pod();
        ordersAreOnly(pod);
        cloud.withPropertyValues("spring.cloud.loadbalancer.sticky-session.add-service-instance-cookie=true")
                .run(started -> {
                    callers().forEach(caller -> caller.call(started));
                    assertThat(pod.seen()).hasSize(3).allSatisfy(seen -> assertThat(
                                    seen.headers().getFirst("Cookie"))
                            .isEqualTo("sc-lb-instance-id=" + Sessions.tokenOf(pod.endpoint())));
                });
    }

    @Test
    void a_web_client_that_gives_up_ends_its_lease() {
        for (String retry : List.of("false", "true")) {
            Pod pod = pod();
            CountDownLatch over = new CountDownLatch(1);
            CountDownLatch arrived = new CountDownLatch(1);
            pod.answering(exchange -> {
                arrived.countDown();
                try {
                    over.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                Pod.answer(exchange, 200, "late");
            });
            ordersAreOnly(pod);
            cloud.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=" + retry)
                    .run(started -> {
                        WebClient client =
                                started.getBean(WebClient.Builder.class).build();
                        Disposable call = client.get()
                                .uri("http://orders/")
                                .retrieve()
                                .bodyToMono(String.class)
                                .subscribe();
                        assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
                        assertThat(inFlight(started)).isEqualTo(1);
                        call.dispose();
                        await().until(() -> inFlight(started) == 0);
                        over.countDown();
                    });
        }
    }

    @Test
    void https_is_refused_unless_the_application_says_that_addresses_will_do() throws Exception {
        ordersAreOnly(pod());
        cluster.publish("orders:443", nobody(33));
        cloud.run(started -> {
            RestTemplate template = started.getBean(RestTemplate.class);
            assertThatThrownBy(() -> template.getForObject("https://orders/", String.class))
                    .hasMessageContaining("https://orders/ by Spring Cloud LoadBalancer would go to a pod's address")
                    .hasMessageContaining("inmesh.cloud.https=true");
        });
        cloud.withPropertyValues("inmesh.cloud.https=true").run(started -> {
            RestTemplate template = started.getBean(RestTemplate.class);
            assertThatThrownBy(() -> template.getForObject("https://orders/", String.class))
                    .hasRootCauseInstanceOf(ConnectException.class);
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void without_an_endpoint_clients_say_what_they_always_say_and_the_log_why(CapturedOutput output) {
        cluster.say("orders:80", new Unresolved(Reason.NO_ENDPOINTS, "orders: its selector matches no pod"));
        cloud.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=false")
                .run(started -> {
                    assertThatThrownBy(() -> byRestTemplate(started))
                            .hasMessageContaining("No instances available for orders");
                    assertThatThrownBy(() -> byRestClient(started))
                            .hasMessageContaining("No instances available for orders");
                    assertThatThrownBy(() -> byWebClient(started))
                            .isInstanceOf(WebClientResponseException.ServiceUnavailable.class);
                });
        assertThat(output.getAll().split("orders: its selector matches no pod", -1))
                .hasSize(2);
    }

    @Test
    void a_service_that_nothing_is_heard_of_is_waited_for_no_longer_than_said() {
        cloud.withPropertyValues("inmesh.startup-wait=50ms", "spring.cloud.loadbalancer.retry.enabled=false")
                .run(started -> {
                    assertThatThrownBy(() -> byRestTemplate(started))
                            .hasMessageContaining("No instances available for orders");
                    ordersAreOnly(pod());
                    await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> "pod-11"
                            .equals(byRestTemplate(started)));
                });
    }
}
