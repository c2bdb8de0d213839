package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionsTest {

    @Test
    void a_token_is_the_same_in_every_process_and_names_the_endpoint_by_its_id_alone() {
        Endpoint endpoint = Endpoint.of("10.0.0.7", 8080);
        assertThat(Sessions.tokenOf(endpoint)).isEqualTo("eadd95fd6356c0de9ce6");
        assertThat(Sessions.tokenOf(endpoint.withWeight(7).withUsability(new Usability.Draining("C-6"))))
                .isEqualTo(Sessions.tokenOf(endpoint));
        assertThat(Sessions.tokenOf(endpoint.withId("another:8080"))).isNotEqualTo(Sessions.tokenOf(endpoint));
    }

    @Test
    void tokens_are_fit_for_cookies_and_urls_and_do_not_show_the_address() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 65_536; i++) {
            String token = Sessions.tokenOf(Endpoint.of("10.1." + i / 256 + "." + i % 256, 8080));
            assertThat(token).matches("[0-9a-f]{20}");
            tokens.add(token);
        }
        assertThat(tokens).as("each its own").hasSize(65_536);
    }

    @Test
    void a_context_carries_the_session_through_key_and_attempts_and_tells_nobody() {
        PickContext context = PickContext.NONE
                .withSession("0123456789abcdef0123")
                .withKey("customer-42")
                .withTried(Endpoint.of("10.0.0.7", 8080));
        assertThat(context.session()).isEqualTo("0123456789abcdef0123");
        assertThat(context.key()).isEqualTo("customer-42");
        assertThat(context.attempts()).isEqualTo(1);
        assertThat(context.toString()).contains("a session").doesNotContain("0123");
        assertThat(PickContext.NONE.session()).isNull();
    }
}
