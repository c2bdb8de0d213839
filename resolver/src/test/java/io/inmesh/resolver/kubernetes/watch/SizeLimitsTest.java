package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No answer makes the process run out of memory, and one that is too long is a failure like any other. */
class SizeLimitsTest extends WatchScene {
    private static final int PIECE = 1 << 20;
    private static final int LINE = 16 * PIECE;
    private static final int LIST = 128 * PIECE;

    SizeLimitsTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE));
    }

    private static void fill(Exchange exchange, int bytes) {
        byte[] piece = new byte[PIECE];
        Arrays.fill(piece, (byte) ' ');
        for (int sent = 0; sent < bytes; sent += PIECE) {
            exchange.piece(piece);
        }
    }

    @Test
    void a_watch_line_of_16_MiB_is_waited_for() {
        Exchange watch = watching();
        String line = "{\"type\":\"ADDED\",\"object\":" + Samples.json(Samples.json("s2", "8")) + "}";
        fill(watch, LINE - PIECE);
        watch.bytes(" ".repeat(PIECE - line.length())).bytes(line).bytes("\n");
        clock.runDue();
        assertThat(heard).containsExactly("list [s1]", "put s2");
    }

    @Test
    void a_longer_watch_line_is_a_failure_with_backoff_and_what_is_known_stays() {
        Exchange watch = watching();
        fill(watch, LINE);
        watch.bytes("x");
        clock.runDue();
        assertThat(watch.cancelled).isTrue();
        watch.bytes("\n").line("ADDED", Samples.json("s2", "8"));
        clock.advance(Duration.ofMillis(99));
        assertThat(api.last()).isSameAs(watch);
        assertThat(atOnceAfter(Duration.ofMillis(1)).isWatch())
                .as("a list may bring it")
                .isFalse();
        assertThat(heard).containsExactly("list [s1]");
    }

    @Test
    void a_list_longer_than_128_MiB_is_a_trouble_that_names_kind_size_and_limit_and_is_tried_again() {
        Exchange list = now().head(200, null);
        fill(list, LIST);
        clock.runDue();
        assertThat(troubles).isEmpty();
        list.bytes("{}");
        Trouble told = Objects.requireNonNull(trouble());
        assertThat(told.situation()).isEqualTo("too large");
        assertThat(told.text())
                .contains("http://api.test", "a list of endpointslices", "namespace prod", "134217730 bytes or more")
                .contains("expected: at most 134217728", "narrower selector", "it is asked again");
        assertThat(list.cancelled).isTrue();
        list.bytes("{}").end(null);
        atOnceAfter(Duration.ofMillis(100)).list("7", Samples.json("s1", "5"));
        assertThat(now().isWatch()).isTrue();
        assertThat(trouble()).isNull();
        assertThat(heard).containsExactly("list [s1]");
    }

    private static final class Collected implements Answer<Slice> {
        private final List<String> said = new ArrayList<>();

        @Override
        public void opened() {
            said.add("opened");
        }

        @Override
        public void byteCame() {
            // Of no interest.
        }

        @Override
        public void listed(WatchEvents.Listed<Slice> list) {
            said.add("listed " + list.objects().size());
        }

        @Override
        public void events(List<WatchEvents.Event<Slice>> events) {
            said.add("events " + events.size());
        }

        @Override
        public void ended(@Nullable Throwable error) {
            said.add("ended");
        }

        @Override
        public void unreadable(Throwable error) {
            said.add("unreadable " + error.getMessage());
        }

        @Override
        public void refused(Refusal refusal) {
            said.add("refused");
        }
    }

    /** A line of 100 bytes, as every event of this list has. */
    private static ByteBuffer event(int number) {
        String start = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"s" + (100 + number) + "\"}}}";
        return ByteBuffer.wrap((start + " ".repeat(100 - start.length()) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_streamed_list_counts_as_a_list_until_its_end_mark_and_not_after() {
        Collected collected = new Collected();
        WatchBody<Slice> body =
                new WatchBody<>(WatchedResource.slices(Samples.SHOP).read(), new StreamedList<>(), 400, collected);
        body.bytes(event(1));
        body.bytes(event(2));
        body.bytes(ByteBuffer.wrap(
                ("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\",\"annotations\":"
                                + "{\"k8s.io/initial-events-end\":\"true\"}}}}\n")
                        .getBytes(StandardCharsets.UTF_8)));
        for (int i = 3; i < 10; i++) {
            body.bytes(event(i));
        }
        assertThat(collected.said).startsWith("listed 2").hasSize(8).last().isEqualTo("events 1");
    }

    @Test
    void a_streamed_list_that_never_ends_is_given_up_at_the_limit() {
        Collected collected = new Collected();
        WatchBody<Slice> body =
                new WatchBody<>(WatchedResource.slices(Samples.SHOP).read(), new StreamedList<>(), 400, collected);
        for (int i = 1; i < 10; i++) {
            body.bytes(event(i));
        }
        assertThat(collected.said).singleElement().asString().startsWith("unreadable a list of 500 bytes or more");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 10, 11})
    void a_line_is_too_long_however_it_is_cut(int pieces) throws TooLargeException {
        LineSplitter splitter = new LineSplitter(10);
        List<Integer> lengths = new ArrayList<>();
        splitter.add(ByteBuffer.wrap("0123456789\n\n01".getBytes(StandardCharsets.UTF_8)), (bytes, length) -> {
            lengths.add(length);
            return true;
        });
        assertThat(lengths).containsExactly(10);
        byte[] rest = "234567890\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> {
                    for (int at = 0; at < rest.length; at += pieces) {
                        splitter.add(
                                ByteBuffer.wrap(rest, at, Math.min(pieces, rest.length - at)),
                                (bytes, length) -> lengths.add(length));
                    }
                })
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining("an event of 11 bytes or more (expected: at most 10");
        assertThat(lengths).hasSize(1);
    }
}
