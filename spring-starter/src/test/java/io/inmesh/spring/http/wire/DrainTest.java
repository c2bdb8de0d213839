package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that nobody reads. */
@Timeout(60)
class DrainTest extends WireFixture {
    private final BlockingQueue<Optional<IOException>> told = new LinkedBlockingQueue<>();

    private final ExecutorService readers = Executors.newCachedThreadPool();

    /** Where time is not what is meant, it does not run out on a slow machine. */
    private final ScheduledExecutorService slowClock = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return super.schedule(task, 100 * delay, unit);
        }
    };

    @AfterEach
    void end() {
        readers.shutdownNow();
        slowClock.shutdownNow();
    }

    private void drainSlowly(WireResponse answer) {
        new Drain(readers, slowClock).empty(answer, failure -> told.add(Optional.ofNullable(failure)));
    }

    private void drain(WireResponse answer) {
        client.drain(answer, failure -> told.add(Optional.ofNullable(failure)));
    }

    /** What was told, which is told once. */
    private Optional<IOException> toldOnce() throws InterruptedException {
        Optional<IOException> first = told.poll(10, TimeUnit.SECONDS);
        assertThat(first).as("was told").isNotNull();
        assertThat(told).isEmpty();
        return first;
    }

    @Test
    void one_that_is_over_is_told_at_once() throws Exception {
        ScriptedServer server =
                server(ScriptedServer.Script.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
        drain(send(peer(server), get("/")));
        assertThat(told).containsExactly(Optional.empty());
        exchange(peer(server), get("/"));
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @Test
    void a_short_one_is_read_and_its_connection_is_free_when_that_is_told() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(
                "HTTP/1.1 503 Busy\r\nContent-Length: " + Drain.BYTES + "\r\n\r\n" + "x".repeat((int) Drain.BYTES)));
        for (int i = 0; i < 3; i++) {
            drainSlowly(send(peer(server), get("/")));
            assertThat(toldOnce()).isEmpty();
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0, 0);
    }

    @Test
    void an_endless_one_is_given_up_after_its_bytes_and_its_connection_is_closed() throws Exception {
        AtomicLong sent = new AtomicLong();
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 200 OK\r\n\r\n");
            byte[] more = new byte[8192];
            Arrays.fill(more, (byte) 'x');
            while (true) {
                connection.send(more);
                sent.addAndGet(more.length);
            }
        });
        drainSlowly(send(peer(server), get("/")));
        assertThat(toldOnce()).as("giving up is no failure").isEmpty();
        until(() -> server.open() == 0);
        assertThat(sent).hasValueGreaterThan(Drain.BYTES / 2);
    }

    @Test
    void one_of_too_many_is_not_read() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nbus");
            connection.untilHungUp();
        });
        ThreadPoolExecutor one = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        try {
            Drain drain = new Drain(one, slowClock);
            drain.empty(send(peer(server), get("/")), failure -> {});
            WireResponse another = send(peer(server), get("/"));
            assertThatThrownBy(() -> drain.empty(another, failure -> told.add(Optional.ofNullable(failure))))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThat(told).isEmpty();
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void who_reads_it_has_nothing_of_who_sent_it() throws Exception {
        InheritableThreadLocal<String> senders = new InheritableThreadLocal<>();
        senders.set("of the request");
        BlockingQueue<Optional<String>> seen = new LinkedBlockingQueue<>();
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        client.drain(send(peer(server), get("/")), failure -> seen.add(Optional.ofNullable(senders.get())));
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void a_stalled_one_is_given_up_after_its_time_and_its_connection_is_closed() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nbus");
            connection.untilHungUp();
        });
        WireResponse answer = send(peer(server), get("/"));
        BlockingQueue<Thread> who = new LinkedBlockingQueue<>();
        long before = System.nanoTime();
        client.drain(answer, failure -> {
            told.add(Optional.ofNullable(failure));
            who.add(Thread.currentThread());
        });
        assertThat(toldOnce()).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Drain.TIME);
        assertThat(who.take()).as("who has sent it does not wait").isNotSameAs(Thread.currentThread());
        until(() -> server.open() == 0);
    }

    @Test
    void a_failing_one_tells_the_failure() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nbus");
        });
        drainSlowly(send(peer(server), get("/")));
        assertThat(toldOnce()).get().isInstanceOf(IOException.class);
    }

    @Test
    void one_that_takes_longer_than_the_read_timeout_tells_that() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nbus");
            connection.untilHungUp();
        });
        drainSlowly(client.send(peer(server), new Limits(LONG, Duration.ofMillis(50)), get("/"), new Transmission()));
        assertThat(toldOnce()).get().isInstanceOf(SocketTimeoutException.class);
        until(() -> server.open() == 0);
    }

    @Test
    void one_that_is_being_read_when_the_client_is_closed_ends_then() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbus");
            connection.untilHungUp();
        });
        drain(send(peer(server), get("/")));
        client.close();
        toldOnce();
        until(() -> server.open() == 0);
    }

    @Test
    void after_the_clients_closing_it_is_closed() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbus");
            connection.untilHungUp();
        });
        WireResponse answer = send(peer(server), get("/"));
        client.close();
        drain(answer);
        assertThat(told).containsExactly(Optional.empty());
        assertThat(answer.isOver()).isTrue();
        until(() -> server.open() == 0);
    }
}
