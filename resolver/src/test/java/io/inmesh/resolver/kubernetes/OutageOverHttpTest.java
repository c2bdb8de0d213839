package io.inmesh.resolver.kubernetes;

import static io.inmesh.resolver.kubernetes.Heard.usable;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.testing.GoneForm;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedPod;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** W-2, W-5, W-12 over real HTTP: what an API that goes away leaves behind. */
class OutageOverHttpTest extends ScriptedApiScene {

    @Test
    void an_api_that_goes_away_empties_nothing_is_told_once_and_is_noticed_when_it_is_back() { // W-12
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        heard.forget();
        api.stop();
        assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                .contains(api.url().toString());
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        Awaitility.await("one message for the whole outage")
                .during(Duration.ofSeconds(3))
                .until(() -> heard.messages().size() == 1);
        long back = System.nanoTime();
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(2));
        assertThat(heard.sets()).allMatch(set -> usable(set).size() >= 2);
    }

    @Test
    void an_api_that_is_down_at_start_is_told_and_answers_later() {
        api.stop();
        Heard heard = resolve("orders:http");
        assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                .startsWith("orders in namespace shop, port http: the Kubernetes API at " + api.url());
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @Test
    void the_end_of_a_trouble_is_told_even_if_the_set_is_the_same() {
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        api.stop();
        heard.awaitReason(Reason.NOT_SYNCED);
        heard.forget();
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @ParameterizedTest
    @EnumSource(GoneForm.class)
    void a_version_too_old_is_listed_again_without_emptying_anything(GoneForm form) { // W-5
        api.goneForm(form);
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        api.stop();
        orders.remove("orders-1");
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        api.compact();
        api.forgetRequests();
        api.start();
        heard.awaitUsable("10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(heard.sets())
                .as("sets on the way")
                .allMatch(set -> usable(set).size() == 2);
        assertThat(api.requests(request -> asksForAll(request) && request.isFor(ResourceType.ENDPOINT_SLICES)))
                .hasSize(1);
    }

    @Test
    void a_broken_watch_is_resumed_from_the_last_version_without_a_list() { // W-2
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        Awaitility.await().until(() -> api.watches().count() == 2);
        api.forgetRequests();
        api.watches().cut(any -> true);
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(api.requests(ScriptedApiScene::asksForAll)).isEmpty();
        assertThat(heard.unresolved()).isEmpty();
    }
}
