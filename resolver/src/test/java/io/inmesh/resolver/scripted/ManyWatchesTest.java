package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManyWatchesTest {
    private static final int WATCHES = 120;
    private static final int CHANGES = 200;

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void every_one_of_many_watches_hears_every_change_in_order() throws Exception {
        ScriptedService orders = ScriptedService.of(server, "shop", "orders");
        String path = SERVICES + "?watch=1&resourceVersion=" + server.resourceVersion();
        List<RawClient.Watch> watches = new ArrayList<>();
        for (int i = 0; i < WATCHES; i++) {
            watches.add(client.watch(path));
        }
        assertThat(server.watches().count()).isEqualTo(WATCHES);
        for (int i = 0; i < CHANGES; i++) {
            orders.annotate("round", Integer.toString(i));
        }
        for (RawClient.Watch watch : watches) {
            for (int i = 0; i < CHANGES; i++) {
                assertThat(watch.event()
                                .at("/object/metadata/annotations/round")
                                .asInt())
                        .isEqualTo(i);
            }
        }
        watches.forEach(RawClient.Watch::close);
        Awaitility.await().until(() -> server.watches().count() == 0);
    }

    @Test
    void a_change_is_on_the_wire_at_once() throws Exception {
        ScriptedService orders = ScriptedService.of(server, "shop", "orders");
        long[] nanos = new long[CHANGES];
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + server.resourceVersion())) {
            for (int i = 0; i < CHANGES; i++) {
                long begun = System.nanoTime();
                // The second one must not wait until the first is acknowledged.
                orders.annotate("round", Integer.toString(i));
                orders.annotate("round", i + " again");
                assertThat(watch.next()).isEqualTo("MODIFIED orders");
                assertThat(watch.next()).isEqualTo("MODIFIED orders");
                nanos[i] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "two changes to both lines read by a client: p50 %d us, p99 %d us%n",
                nanos[CHANGES / 2] / 1000, nanos[CHANGES * 99 / 100] / 1000);
        // Far above what is usual; below what a delayed acknowledgement or a poll would cost.
        assertThat(nanos[CHANGES / 2]).isLessThan(20_000_000);
    }
}
