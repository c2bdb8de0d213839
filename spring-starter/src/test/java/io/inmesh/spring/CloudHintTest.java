package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.RequestEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Spring Cloud LoadBalancer's hints, as its documentation has them, by every kind of client. */
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
