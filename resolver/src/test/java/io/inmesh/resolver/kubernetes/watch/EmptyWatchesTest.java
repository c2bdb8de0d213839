package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and proxies whose watches are none: each ends at once. */
class EmptyWatchesTest extends WatchScene {

    EmptyWatchesTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE));
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
    }

    /** A proxy that answers and breaks off, and a server that answers and says that it cannot. */
    @ParameterizedTest
    @ValueSource(strings = {"ended in order", "broke: IOException: reset", "failed with 500", "failed with 429"})
    @DisplayName(
            "W-11, W-12: watches that come to nothing, however they end, are told as a trouble and replaced by lists")
    void watches_that_come_to_nothing_are_told_and_replaced_by_lists(String how) {
        Exchange watch = watching();
        for (int i = 0; i < 5; i++) {
            assertThat(watch.isWatch()).as("round %s", i).isTrue();
            assertThat(trouble()).as("round %s", i).isNull();
            over(watch, how);
            clock.runDue();
            watch = i < 4 ? opened(next()) : watch;
        }
        assertThat(trouble()).satisfies(told -> {
            assertThat(told).isNotNull();
            assertThat(told.text()).contains(how).contains("http://api.test").contains("a minute late");
        });
        for (int i = 0; i < 8; i++) {
            Duration age = watch().pulse().age();
            Exchange list = next();
            assertThat(list.isWatch()).as("a list after each watch").isFalse();
            assertThat(watch().pulse().age()).as("a head is no sign of life").isGreaterThan(age);
            list.list(Integer.toString(20 + i), Samples.json("s" + i, "9"));
            watch = opened(now());
            assertThat(watch.isWatch()).isTrue();
            assertThat(trouble())
                    .as("nothing has shown that watches work again")
                    .isNotNull();
            over(watch, how);
        }
        assertThat(heard).hasSize(9);
        next().list("40");
        opened(now());
        clock.advance(Duration.ofSeconds(1));
        assertThat(trouble()).as("it lives").isNull();
    }

    private ListWatch<?> watch() {
        return watch;
    }

    private Exchange opened(Exchange exchange) {
        exchange.head(200, null);
        clock.runDue();
        return exchange;
    }

    private static void over(Exchange exchange, String how) {
        if (how.startsWith("failed")) {
            exchange.line("ERROR", "{kind: 'Status', code: " + how.replaceAll("\\D", "") + "}");
        } else {
            exchange.end(how.startsWith("broke") ? new IOException("reset") : null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BOOKMARK", "STRANGE", "MODIFIED"})
    @DisplayName(
            "W-4, W-11: a server that answers each watch with one line and the end is resumed at once only the first time")
    void one_line_that_is_not_news_and_the_end_is_no_busy_loop(String type) {
        Exchange watch = watching();
        watch.line(type, Samples.json("s1", "7")).end(null);
        Exchange second = now();
        assertThat(second).as("at once").isNotSameAs(watch);
        int before = api.exchanges.size();
        for (int i = 0; i < 3; i++) {
            opened(api.last()).line(type, Samples.json("s1", "7")).end(null);
            clock.runDue();
            assertThat(api.exchanges).as("end %s", i).hasSize(before + i);
            clock.advance(Duration.ofMillis(99));
            assertThat(api.exchanges).as("end %s", i).hasSize(before + i);
            next();
        }
    }

    @Test
    @DisplayName("W-4: a watch that brings something new is resumed at once however short it is")
    void news_are_resumed_at_once() {
        Exchange watch = watching();
        for (int i = 0; i < 20; i++) {
            watch.line("BOOKMARK", Samples.json("s1", Integer.toString(10 + i))).end(null);
            Exchange next = now();
            assertThat(next).isNotSameAs(watch);
            watch = opened(next);
        }
        assertThat(heard).containsExactly("list [s1]");
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
