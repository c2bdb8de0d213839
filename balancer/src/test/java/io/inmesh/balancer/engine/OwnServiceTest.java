package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.stage.Peers;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnServiceTest {
    private static final String OWN = "checkout.shop:http";

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final AtomicInteger changes = new AtomicInteger();

    private OwnService own(OwnService.Identity identity) {
        return new OwnService(
                () -> cluster.newResolver(Target.parse(OWN), new ResolverProvider.Context(clock, clock)), identity);
    }

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    @Test
    void the_pods_name_tells_which_of_them_it_is_and_an_address_where_no_pod_is_known() {
        cluster.publish(OWN, e(1).withPod("checkout-1"), e(2).withPod("checkout-2"), e(3));
        OwnService byPod = own(new OwnService.Identity("checkout-2", null, Set.of(e(1).host())));
        OwnService byAddress = own(new OwnService.Identity("checkout-9", null, Set.of(e(3).host())));
        OwnService byAddressAlone = own(new OwnService.Identity(null, null, Set.of(e(1).host())));
        OwnService stranger = own(new OwnService.Identity("checkout-9", null, Set.of("10.9.9.9")));
        for (OwnService each : new OwnService[] {byPod, byAddress, byAddressAlone, stranger}) {
            each.use(changes::incrementAndGet);
        }
        assertThat(byPod.peers().rank()).isEqualTo(1);
        assertThat(byAddress.peers().rank()).isEqualTo(2);
        assertThat(byAddressAlone.peers().rank()).isZero();
        assertThat(stranger.peers().hasRank()).isFalse();
        assertThat(stranger.peers().endpoints()).hasSize(3);
        assertThat(changes).hasValue(4);
    }

    @Test
    void ranks_are_counted_among_the_usable_and_come_and_go() {
        OwnService own = own(new OwnService.Identity("me", null, Set.of()));
        own.use(changes::incrementAndGet);
        assertThat(own.peers()).isEqualTo(Peers.UNKNOWN);
        cluster.publish(OWN, e(1).withUsability(new Usability.Unusable("not ready")), e(2), e(3).withPod("me"));
        assertThat(own.peers().rank()).isEqualTo(1);
        cluster.publish(OWN, e(1), e(2), e(3).withPod("me"));
        assertThat(own.peers().rank()).isEqualTo(2);
        cluster.publish(OWN, e(1), e(2), e(3).withPod("me"));
        assertThat(changes).as("the same again is no change").hasValue(2);
        cluster.publish(OWN, e(1));
        assertThat(own.peers().hasRank()).isFalse();
    }

    @Test
    void a_source_that_cannot_be_asked_empties_nothing_and_a_fact_does() {
        OwnService own = own(new OwnService.Identity("me", null, Set.of()));
        own.use(changes::incrementAndGet);
        cluster.publish(OWN, e(1).withPod("me"));
        cluster.say(OWN, new Unresolved(Reason.FORBIDDEN, "403"));
        assertThat(own.peers().rank()).isZero();
        cluster.say(OWN, new Unresolved(Reason.NOT_FOUND, "no such service"));
        assertThat(own.peers()).isEqualTo(Peers.UNKNOWN);
    }

    @Test
    void it_is_watched_while_it_has_users_and_no_longer() {
        cluster.publish(OWN, e(1));
        OwnService own = own(new OwnService.Identity(null, null, Set.of(e(1).host())));
        assertThat(cluster.resolvers()).isZero();
        OwnService.Use one = own.use(changes::incrementAndGet);
        OwnService.Use other = own.use(() -> changes.addAndGet(10));
        assertThat(cluster.resolvers()).isEqualTo(1);
        one.close();
        one.close();
        assertThat(cluster.resolvers()).isEqualTo(1);
        changes.set(0);
        cluster.publish(OWN, e(1), e(2));
        assertThat(changes).as("who has left hears nothing").hasValue(10);
        other.close();
        assertThat(cluster.resolvers()).isZero();
        assertThat(own.peers()).isEqualTo(Peers.UNKNOWN);
        own.use(changes::incrementAndGet);
        assertThat(own.peers().endpoints()).hasSize(2);
    }

    @Test
    void closed_it_watches_nothing_whoever_asks() {
        OwnService own = own(new OwnService.Identity(null, null, Set.of()));
        own.use(changes::incrementAndGet);
        own.close();
        assertThat(cluster.resolvers()).isZero();
        own.use(changes::incrementAndGet);
        assertThat(cluster.resolvers()).isZero();
    }

    @Test
    void where_it_cannot_be_watched_nothing_is_known_and_the_next_who_asks_tries_again() {
        AtomicInteger tries = new AtomicInteger();
        OwnService own = new OwnService(
                () -> {
                    tries.incrementAndGet();
                    throw new IllegalStateException("no API server is known");
                },
                new OwnService.Identity(null, null, Set.of()));
        try (HeardLog log = new HeardLog()) {
            own.use(changes::incrementAndGet).close();
            own.use(changes::incrementAndGet);
            assertThat(log.lines("no API server is known")).hasSize(2);
        }
        assertThat(own.peers()).isEqualTo(Peers.UNKNOWN);
        assertThat(tries).hasValue(2);
    }

    @Test
    void a_host_name_that_is_the_nodes_leaves_the_decision_to_the_address() {
        OwnService.Identity onHost = new OwnService.Identity(null, "node-1", Set.of(e(2).host()));
        assertThat(onHost.isOf(e(2).withPod("checkout-2"))).isTrue();
        assertThat(onHost.isOf(e(3).withPod("checkout-3"))).isFalse();
        assertThat(new OwnService.Identity(null, "checkout-3", Set.of()).isOf(e(3).withPod("checkout-3")))
                .isTrue();
    }

    @Test
    void where_it_is_not_known_that_is_said_once() {
        try (HeardLog log = new HeardLog()) {
            OwnService own = new OwnService(null, new OwnService.Identity(null, null, Set.of()));
            own.use(changes::incrementAndGet).close();
            own.use(changes::incrementAndGet);
            assertThat(own.peers()).isEqualTo(Peers.UNKNOWN);
            assertThat(log.lines("inmesh.self.service")).hasSize(1);
        }
    }

    @Test
    void the_environment_names_the_pod() {
        assertThat(OwnService.Identity.ofThisProcess(Map.of("POD_NAME", "me", "HOSTNAME", "host"))
                        .pod())
                .isEqualTo("me");
        assertThat(OwnService.Identity.ofThisProcess(Map.of("HOSTNAME", "host")).host())
                .isEqualTo("host");
        assertThat(OwnService.Identity.ofThisProcess(Map.of()).addresses()).hasSize(1);
    }
}
