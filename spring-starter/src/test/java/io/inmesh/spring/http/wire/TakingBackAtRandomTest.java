package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.HttpMethod;

/** Many requests at once, some taken back at any moment by another thread: each answer is its own request's, and no connection is lost. */
@Timeout(120)
class TakingBackAtRandomTest extends WireFixture {
    private static final int THREADS = 6;
    private static final int REQUESTS = 250;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger takenBack = new AtomicInteger();
    private final AtomicInteger servedAtOnce = new AtomicInteger();

    /** Of each thread the request that it waits for. */
    private final AtomicReferenceArray<Transmission> running = new AtomicReferenceArray<>(THREADS);

    private final AtomicBoolean over = new AtomicBoolean();

    /** Sends the request's body back, in parts of any length, and takes any time for it. */
    private void echo(ScriptedServer.Connection connection) throws Exception {
        Random random = new Random(seed + connection.number());
        ScriptedServer.Request request = connection.read();
        while (request != null) {
            if (connection.socket().getInputStream().available() > 0) {
                servedAtOnce.incrementAndGet(); // A second request before the first one's answer.
            }
            pause(random);
            connection.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Path: " + request.target() + "\r\n\r\n");
            String rest = request.body();
            while (!rest.isEmpty()) {
                int length = 1 + random.nextInt(rest.length());
                connection.send(Integer.toHexString(length) + "\r\n" + rest.substring(0, length) + "\r\n");
                rest = rest.substring(length);
                pause(random);
            }
            connection.send("0\r\n\r\n");
            request = connection.read();
        }
    }

    private static void pause(Random random) {
        if (random.nextInt(3) == 0) {
            LockSupport.parkNanos(random.nextInt(300_000)); // The moment of the taking back is what varies.
        }
    }

    private void ask(Peer peer, int thread) {
        Random random = new Random(seed - thread);
        for (int i = 0; i < REQUESTS; i++) {
            String id = thread + "-" + i + "-" + "x".repeat(random.nextInt(200));
            Transmission transmission = new Transmission();
            running.set(thread, transmission);
            try {
                String[] length = random.nextBoolean()
                        ? new String[] {"Content-Length", String.valueOf(id.length())}
                        : new String[] {};
                WireResponse answer =
                        client.send(peer, PATIENT, request(HttpMethod.POST, "/" + id, text(id), length), transmission);
                assertThat(answer.getHeaders().getFirst("X-Path")).isEqualTo("/" + id);
                assertThat(read(answer)).isEqualTo(id);
                answered.incrementAndGet();
            } catch (IOException e) {
                takenBack.incrementAndGet();
            }
        }
    }

    private void takeBack() {
        Random random = new Random(seed);
        while (!over.get()) {
            LockSupport.parkNanos(random.nextInt(1_000_000));
            Transmission any = running.get(random.nextInt(THREADS));
            if (any != null) {
                any.cancel();
            }
        }
    }

    @Test
    void no_answer_is_another_requests_and_every_connection_ends() throws Exception {
        System.out.println("TakingBackAtRandomTest: seed " + seed);
        ScriptedServer server = server(this::echo);
        Peer peer = peer(server);
        Asking takingBack = Asking.start(this::takeBack);
        List<Asking> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            all.add(Asking.start(() -> ask(peer, thread)));
        }
        for (Asking each : all) {
            assertThat(each.thrown()).as("seed " + seed).isNull();
        }
        over.set(true);
        assertThat(takingBack.thrown()).isNull();
        assertThat(answered.get() + takenBack.get()).isEqualTo(THREADS * REQUESTS);
        assertThat(answered).hasPositiveValue();
        assertThat(takenBack).hasPositiveValue();
        assertThat(servedAtOnce).hasValue(0);
        // Those that are left are idle ones, of which there are no more than requests ran at once.
        until(() -> server.open() <= THREADS);
        assertThat(exchange(peer, request(HttpMethod.POST, "/last", text("last"))))
                .isEqualTo("last");
        client.close();
        until(() -> server.open() == 0);
    }
}
