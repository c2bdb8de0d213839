package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the pool keeps, and until when, on a clock that is set by hand. Whether the peer keeps it too is not asked here. */
@Timeout(60)
class ConnectionPoolTest {
    private static final Peer ORDERS = peer("orders.shop", 81);
    private static final Peer SAME_POD = peer("orders.shop.svc", 81);
    private static final Peer OTHER_POD = peer("orders.shop", 82);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // As close to the overflow as a clock may be.
    private final ConnectionPool pool = new ConnectionPool(now::get);

    private static Peer peer(String host, int number) {
        return new Peer(host, new InetSocketAddress(InetAddress.getLoopbackAddress(), number), null);
    }

    private PodConnection idle(Peer peer) throws IOException {
        PodConnection created = pool.create(peer);
        pool.put(created);
        return created;
    }

    @Test
    void those_that_carried_nothing_for_longer_are_closed() throws Exception {
        PodConnection old = idle(ORDERS);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        PodConnection young = idle(SAME_POD);
        PodConnection running = pool.create(ORDERS);
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        pool.closeOlderThan(Duration.ofSeconds(15));
        assertThat(old.isOpen()).isTrue();
        now.incrementAndGet();
        pool.closeOlderThan(Duration.ofSeconds(15));
        assertThat(old.isOpen()).isFalse();
        assertThat(young.isOpen()).isTrue();
        assertThat(running.isOpen()).isTrue();
        assertThat(pool.take(ORDERS)).isNull();
        pool.close();
        assertThat(young.isOpen()).isFalse();
        pool.put(running);
    }

    @Test
    void to_be_used_again_makes_one_young() throws Exception {
        PodConnection used = idle(ORDERS);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        pool.put(used);
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        pool.closeOlderThan(Duration.ofSeconds(15));
        assertThat(used.isOpen()).isTrue();
        pool.close();
    }

    @Test
    void an_address_is_left_under_all_its_names_and_others_are_not() throws Exception {
        PodConnection one = idle(ORDERS);
        PodConnection other = idle(SAME_POD);
        PodConnection stays = idle(OTHER_POD);
        PodConnection running = pool.create(ORDERS);
        pool.closeTo(ORDERS.address());
        assertThat(one.isOpen()).isFalse();
        assertThat(other.isOpen()).isFalse();
        assertThat(stays.isOpen()).isTrue();
        assertThat(running.isOpen()).isTrue();
        pool.put(running);
        assertThat(running.isOpen()).isFalse();
        pool.close();
    }

    @Test
    void one_that_is_put_back_after_the_closing_is_closed() throws Exception {
        PodConnection running = pool.create(ORDERS);
        pool.close();
        assertThat(running.isOpen()).isTrue();
        pool.put(running);
        assertThat(running.isOpen()).isFalse();
    }

    /** The clock is read in the midst of it: whoever looks for the connection there finds it. */
    @Test
    void one_that_is_put_back_while_its_address_is_left_is_closed() throws Exception {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        ConnectionPool read = new ConnectionPool(() -> {
            Objects.requireNonNull(meanwhile.get()).run();
            return 0;
        });
        PodConnection running = read.create(ORDERS);
        meanwhile.set(() -> read.closeTo(ORDERS.address()));
        read.put(running);
        assertThat(running.isOpen()).isFalse();
        assertThat(read.take(ORDERS)).isNull();
    }
}
