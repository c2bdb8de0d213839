package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peer proves that it did not process goes elsewhere, however unsafe; over a wire, since gRPC's own servers refuse nothing. */
class GrpcRefusedStreamsTest {
    private static final String ORDERS = GrpcDoor.ORDERS + "?policy=round-robin&eject.enabled=false";

    private final List<String> repeated = new CopyOnWriteArrayList<>();
    private final List<Withheld> withheld = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void repeated(Target target, Endpoint failed, Outcome why) {
            repeated.add(failed.address());
        }

        @Override
        public void withheld(Target target, Withheld why) {
            withheld.add(why);
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    @ParameterizedTest
    @EnumSource
    void an_unsafe_call_that_is_refused_ends_elsewhere(RefusingPeer.Way way) throws Exception {
        RefusingPeer peer = RefusingPeer.by(way);
        try {
            TestBackend backend = door.backend();
            door.publish(peer.endpoint(), backend.endpoint());
            ManagedChannel channel = door.channel(ORDERS);
            int calls = 0;
            while (peer.streams() < 3) {
                Status end = Calls.begin(channel.newCall(
                                TestBackend.UNSAFE, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS)))
                        .get(70, TimeUnit.SECONDS);
                assertThat(end).returns(true, Status::isOk);
                calls++;
            }

            assertThat(backend.calls()).isEqualTo(calls);
            assertThat(repeated)
                    .hasSize(peer.streams())
                    .containsOnly(peer.endpoint().address());
            assertThat(withheld).isEmpty();
            await().until(() -> door.running() == 0);
        } finally {
            peer.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void its_repeat_is_withdrawn_from_the_budget(RefusingPeer.Way way) throws Exception {
        RefusingPeer peer = RefusingPeer.by(way);
        try {
            TestBackend backend = door.backend();
            door.publish(peer.endpoint(), backend.endpoint());
            ManagedChannel channel = door.channel(ORDERS + "&budget.percent=0&budget.min-per-second=0");
            Status end = Status.OK;
            while (end.isOk()) {
                end = GrpcDoor.failureOf(channel, TestBackend.UNSAFE);
            }

            assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(peer.streams()).isEqualTo(1);
            assertThat(repeated).isEmpty();
            assertThat(withheld).hasSize(1);
        } finally {
            peer.close();
        }
    }
}
