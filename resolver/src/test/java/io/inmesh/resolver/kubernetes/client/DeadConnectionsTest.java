package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.FaultyProxy;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** W-13: connections that wait for their next use and have died without a word. */
class DeadConnectionsTest {
    private static final String LIST = "/api/v1/namespaces/shop/services";
    private static final Duration YOUNG = Duration.ofSeconds(10);

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final FaultyProxy network = FaultyProxy.to(server.url());
    private final FakeClock clock = new FakeClock();
    private final ApiClient api = new ApiClient(new Access.Url(network.url().toString()), clock);

    @AfterEach
    void close() {
        api.close();
        network.close();
        server.close();
    }

    private List<Answered> lists(int count) {
        return IntStream.range(0, count)
                .mapToObj(each -> Answered.to(api, LIST))
                .toList();
    }

    @Test
    void after_silence_no_request_takes_a_connection_that_was_kept_W13() {
        lists(5).forEach(Answered::awaitEnd);
        assertThat(network.connections()).as("kept").isPositive();
        network.halfOpen();
        clock.advance(YOUNG);
        api.distrustConnections();
        lists(8).forEach(each -> assertThat(each.awaitEnd().status()).isEqualTo(200));
    }

    @Test
    void a_watch_that_runs_goes_on_when_others_were_silent_W13() {
        Answered watch = Answered.to(api, LIST + "?watch=1");
        assertThat(watch.awaitStatus()).isEqualTo(200);
        clock.advance(YOUNG);
        api.distrustConnections();
        assertThat(Answered.to(api, LIST).awaitEnd().status()).isEqualTo(200);
        server.watches().line(any -> true, "{\"type\":\"STRANGE\"}");
        watch.awaitBody("STRANGE");
        assertThat(watch.isOver()).isFalse();
    }

    @Test
    void many_who_were_silent_at_once_cost_one_new_client_W13() {
        lists(1).forEach(Answered::awaitEnd);
        clock.advance(YOUNG.minusMillis(1));
        for (int i = 0; i < 5; i++) {
            api.distrustConnections();
            lists(1).forEach(Answered::awaitEnd);
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> network.connections() == 1);
    }
}
