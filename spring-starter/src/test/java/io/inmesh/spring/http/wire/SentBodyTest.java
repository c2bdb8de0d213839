package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a body counts as sent. */
class SentBodyTest {
    private final IOException broken = new IOException("Broken pipe");
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** Keeps all for its end, which fails. */
    private final OutputStream failsAtItsEnd = new OutputStream() {
        @Override
        public void write(int one) {
            sent.write(one);
        }

        @Override
        public void close() throws IOException {
            throw broken;
        }
    };

    @Test
    void one_whose_last_bytes_cannot_be_sent_is_not_whole() throws IOException {
        SentBody body = new SentBody(failsAtItsEnd, -1, () -> false);
        body.write(new byte[10]);
        body.end();
        assertThat(body.isWhole()).isTrue();
        assertThatThrownBy(body::close).isSameAs(broken);
        assertThat(body.isWhole()).isFalse();
        assertThat(body.failure()).isSameAs(broken);
    }

    @Test
    void one_that_its_writer_thinks_whole_fails_with_what_the_writer_kept_to_itself() throws IOException {
        SentBody body = new SentBody(sent, -1, () -> true);
        assertThatThrownBy(() -> body.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(body::end).isSameAs(body.failure());
        body.close();
        assertThat(body.isWhole()).isFalse();
    }

    @Test
    void an_answer_is_looked_for_at_its_beginning_and_then_now_and_again() throws IOException {
        AtomicInteger looked = new AtomicInteger();
        SentBody body = new SentBody(sent, 100_000, () -> looked.incrementAndGet() < 0);
        for (int i = 0; i < 100_000; i++) {
            body.write(i);
        }
        body.end();
        body.close();
        assertThat(sent.size()).isEqualTo(100_000);
        assertThat(looked).hasValue(13);
    }
}
