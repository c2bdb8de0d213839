package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.RequestEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Spring Cloud LoadBalancer's hints, as its documentation has them, by every kind of client. */
@ExtendWith(OutputCaptureExtension.class)
class CloudHintTest extends CloudFixture {

    @Test
    void a_hint_in_the_header_or_the_properties_is_the_key_that_hash_policies_follow() {
        ordersAreOnly(pod(), pod(), pod(), pod());
        cloud.withPropertyValues("inmesh.services.orders.policy=destination-hash")
                .run(started -> {
                    Set<String> all = new HashSet<>();
                    for (int customer = 0; customer < 40; customer++) {
                        RestClient client = started.getBean(RestClient.Builder.class)
                                .clone()
                                .defaultHeader("X-SC-LB-Hint", "customer-" + customer)
                                .build();
                        String first = get(client, "http://orders/");
                        assertThat(get(client, "http://orders/")).isEqualTo(first);
                        assertThat(withHint(started.getBean(RestTemplate.class), "customer-" + customer))
                                .isEqualTo(first);
                        assertThat(withHint(started.getBean(WebClient.Builder.class), "customer-" + customer))
                                .isEqualTo(first);
                        all.add(first);
                    }
                    assertThat(all).hasSize(4);
                });
        cloud.withPropertyValues(
                        "inmesh.services.orders.policy=destination-hash", "spring.cloud.loadbalancer.hint.orders=blue")
                .run(started -> {
                    Set<String> answers = new HashSet<>();
                    for (Caller caller : callers()) {
                        for (int i = 0; i < 5; i++) {
                            answers.add(String.valueOf(caller.call(started)));
                        }
                    }
                    assertThat(answers).hasSize(1);
                });
    }

    @Test
    void a_hint_under_a_policy_without_keys_is_said_once_to_do_nothing(CapturedOutput output) {
        ordersAreOnly(pod(), pod());
        String said = "service orders: a request has a hint, and policy 'round-robin' does not go by keys";
        cloud.run(started -> {
            callers().forEach(caller -> caller.call(started));
            assertThat(output).doesNotContain(said);
        });
        cloud.withPropertyValues("spring.cloud.loadbalancer.hint.orders=blue").run(started -> {
            callers().forEach(caller -> caller.call(started));
            assertThat(output.getAll().split(said, -1)).as("parts around it").hasSize(2);
        });
        cloud.withPropertyValues(
                        "spring.cloud.loadbalancer.hint.orders=blue",
                        "inmesh.services.orders.policy=node-local",
                        "inmesh.services.orders.node-local.policy=maglev")
                .run(started -> {
                    callers().forEach(caller -> caller.call(started));
                    assertThat(output.getAll()).doesNotContain("policy 'node-local' does not go by keys");
                });
    }

    private static @Nullable String withHint(RestTemplate template, String hint) {
        RequestEntity<Void> request =
                RequestEntity.get("http://orders/").header("X-SC-LB-Hint", hint).build();
        return template.exchange(request, String.class).getBody();
    }

    private static @Nullable String withHint(WebClient.Builder builder, String hint) {
        return builder.clone()
                .build()
                .get()
                .uri("http://orders/")
                .header("X-SC-LB-Hint", hint)
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }
}
