package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Sessions;
import io.inmesh.api.Usability;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Strong sessions (balancing rules 5.25) through a channel. */
class GrpcSessionsTest {
    private static final String STRONG = GrpcDoor.ORDERS + "?policy=round-robin&affinity.mode=strong";

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private static CallOptions in(CallSession session) {
        return CallOptions.DEFAULT.withOption(MeshChannels.SESSION, session);
    }

    private static void call(ManagedChannel channel, CallSession session, int times) {
        for (int i = 0; i < times; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, in(session));
        }
    }

    private static TestBackend home(List<TestBackend> backends, CallSession session) {
        return backends.stream()
                .filter(each -> Sessions.tokenOf(each.endpoint()).equals(session.token()))
                .findFirst()
                .orElseThrow();
    }

    private void drain(List<TestBackend> backends, TestBackend draining) {
        door.publish(backends.stream()
                .map(each -> each == draining
                        ? each.endpoint().withUsability(new Usability.Draining("C-6"))
                        : each.endpoint())
                .toArray(Endpoint[]::new));
    }

    @Test
    void a_session_stays_and_its_token_brings_it_back_from_another_process() throws Exception {
        List<TestBackend> backends = door.backends(4);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG);
        CallSession session = new CallSession();
        assertThat(session.token()).isNull();
        call(channel, session, 20);
        TestBackend home = home(backends, session);
        assertThat(home.calls()).isEqualTo(20);

        CallSession back = new CallSession(Objects.requireNonNull(session.token()));
        call(door.channel(STRONG), back, 10);
        assertThat(home.calls()).isEqualTo(30);

        CallSession lost = new CallSession("nobody");
        call(channel, lost, 5);
        assertThat(lost.token()).hasSize(20);
    }

    @Test
    void a_draining_backend_keeps_its_sessions_and_gets_no_others() throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG);
        CallSession session = new CallSession();
        call(channel, session, 1);
        TestBackend home = home(backends, session);
        drain(backends, home);
        await().until(() -> {
            int before = home.calls();
            for (int i = 0; i < 6; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            return home.calls() == before;
        });
        int before = home.calls();
        call(channel, session, 10);
        assertThat(home.calls()).isEqualTo(before + 10);

        ManagedChannel late = door.channel(STRONG); // Was never connected to it before.
        call(late, new CallSession(Objects.requireNonNull(session.token())), 10);
        assertThat(home.calls()).isEqualTo(before + 20);

        door.publish(backends.stream().filter(each -> each != home).toList());
        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return home.connections() == 0;
        });
        call(channel, session, 10);
        assertThat(home.calls()).isEqualTo(before + 20);
        assertThat(home(backends, session)).isNotSameAs(home);
    }

    @Test
    void without_strong_sessions_a_draining_backend_is_disconnected() throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        for (int i = 0; i < 4; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        drain(backends, backends.get(0));
        await().until(() -> backends.get(0).connections() == 0);
    }

    @Test
    void a_session_opens_a_connection_outside_the_subset_and_nobody_else_uses_it() throws Exception {
        List<TestBackend> backends = door.backends(6);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG + "&subset.mode=random&subset.size=2");
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        TestBackend outside = backends.stream()
                .filter(each -> each.connections() == 0)
                .findFirst()
                .orElseThrow();
        call(channel, new CallSession(Sessions.tokenOf(outside.endpoint())), 10);
        assertThat(outside.calls()).isEqualTo(10);
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        assertThat(outside.calls()).isEqualTo(10);
        assertThat(backends.stream().filter(each -> each.connections() > 0)).hasSize(3);
    }

    @Test
    void sessions_of_a_draining_backend_go_on_while_no_other_can_be_reached() throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG);
        CallSession session = new CallSession();
        call(channel, session, 1);
        TestBackend home = home(backends, session);
        TestBackend other = backends.get(backends.get(0) == home ? 1 : 0);
        drain(backends, home);
        other.close();
        int before = home.calls();
        for (int i = 0; i < 50; i++) {
            call(channel, session, 1);
        }
        assertThat(home.calls()).isEqualTo(before + 50);
    }

    @Test
    void a_session_moves_on_when_its_endpoint_cannot_be_connected_to() throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG);
        CallSession session = new CallSession();
        call(channel, session, 3);
        TestBackend home = home(backends, session);
        home.close();
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT, in(session));
        }
        assertThat(home(backends, session)).isNotSameAs(home);
        assertThat(home(backends, session).calls()).isGreaterThanOrEqualTo(15);
    }
}
