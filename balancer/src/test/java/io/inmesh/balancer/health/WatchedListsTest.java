package io.inmesh.balancer.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several users of a port want to know of, put together. */
class WatchedListsTest {
    private final WatchedLists lists = new WatchedLists(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_is_quiesced_for_one_user_alone_serves_all_the_same_whoever_tells_last(boolean quiescingFirst) {
        Endpoint one = TestEndpoints.endpoint(0);
        Endpoint other = TestEndpoints.endpoint(1);
        for (boolean quiescing : new boolean[] {quiescingFirst, !quiescingFirst}) {
            if (quiescing) {
                lists.tell("quiescing", List.of(one.withWeight(0), other));
            } else {
                lists.tell("using", List.of(one, other));
            }
        }
        assertThat(lists.all()).containsExactlyInAnyOrder(one, other);
        lists.drop("using");
        assertThat(lists.all()).containsExactlyInAnyOrder(one.withWeight(0), other);
    }
}
