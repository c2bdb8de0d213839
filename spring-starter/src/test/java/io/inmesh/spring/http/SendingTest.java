package io.inmesh.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;

/** Taking back an attempt closes the connection that carries it, and none that carries another. */
class SendingTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Connection connection = () -> channel;
    private final Sending sending = new Sending();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void what_is_under_way_is_closed() {
        sending.carriedBy(connection);
        sending.cancel();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void what_was_taken_back_before_it_had_a_connection_is_closed_with_it() {
        sending.cancel();
        sending.carriedBy(connection);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void a_connection_that_has_brought_the_answer_is_left_to_others() {
        sending.carriedBy(connection);
        sending.leaves();
        sending.cancel();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void a_connection_that_carries_another_attempt_stays_with_that() {
        Sending next = new Sending();
        sending.carriedBy(connection);
        next.carriedBy(connection);
        sending.leaves();
        sending.cancel();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        next.cancel();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }
}
