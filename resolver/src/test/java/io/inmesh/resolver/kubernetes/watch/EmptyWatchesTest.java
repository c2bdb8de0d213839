package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Servers and proxies whose watches are none: each ends at once. */
class EmptyWatchesTest extends WatchScene {

    EmptyWatchesTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE));
    }

    private Exchange next() {
        Exchange before = api.last();
        Exchange now = before;
        while (now == before) {
            now = atOnceAfter(Duration.ofMillis(100));
        }
        return now;
    }

    @Test
    @DisplayName(
            "W-11: where five watches in a row end at once with nothing, a list tells what has changed, with back-off")
    void W_11_five_empty_watches_are_followed_by_a_list() {
        Exchange watch = watching();
        for (int i = 0; i < 4; i++) {
            watch.end(null);
            watch = next();
            assertThat(watch.isWatch()).isTrue();
            watch.head(200, null);
        }
        watch.end(null);
        clock.runDue();
        assertThat(api.last()).as("not at once").isSameAs(watch);
        Exchange list = next();
        assertThat(list.isWatch()).isFalse();
        assertThat(list.path).as("W-6").contains("resourceVersion=7");
        list.list("9", Samples.json("s2", "9"));
        assertThat(now().isWatch()).isTrue();
        assertThat(heard).containsExactly("list [s1]", "list [s2]");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    @DisplayName("W-2: watches that break, or brought something, or lived for a second, are resumed without a list")
    void W_2_others_are_resumed() {
        Exchange watch = watching();
        for (int i = 0; i < 21; i++) {
            switch (i % 3) {
                case 0 -> watch.end(new IOException("reset"));
                case 1 -> {
                    watch.line("BOOKMARK", "{metadata: {resourceVersion: '8'}}");
                    clock.runDue();
                    watch.end(null);
                }
                default -> {
                    clock.advance(Duration.ofSeconds(1));
                    watch.end(null);
                }
            }
            clock.runDue();
            watch = api.last() == watch ? next() : api.last();
            assertThat(watch.isWatch()).isTrue();
            watch.head(200, null);
            clock.runDue();
        }
        assertThat(heard).containsExactly("list [s1]");
    }
}
