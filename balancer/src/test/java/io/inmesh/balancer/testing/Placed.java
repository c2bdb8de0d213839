package io.inmesh.balancer.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Locality;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members at places, of some health and load, for stages to arrange. */
public final class Placed {
    private final EndpointStates states = new EndpointStates();
    private final FakeClock clock = new FakeClock();
    private final List<Member> members = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();

    /** So many more there, of which so many are healthy, the rest ejected. */
    public Placed in(String zone, int count, int healthy) {
        for (int i = 0; i < count; i++) {
            add(null, zone, 1).judge(Words.of(i < healthy ? Member.Health.HEALTHY : Member.Health.EJECTED));
        }
        return this;
    }

    /** So many more there, all healthy. */
    public Placed in(String zone, int count) {
        return in(zone, count, count);
    }

    /** One more there, with so many requests in flight. */
    public Placed on(@Nullable String node, @Nullable String zone, int inFlight) {
        return on(node, zone, 1, inFlight);
    }

    /** One more there of weight 0, on which so many requests still run. */
    public Placed quiesced(@Nullable String node, @Nullable String zone, int inFlight) {
        return on(node, zone, 0, inFlight);
    }

    private Placed on(@Nullable String node, @Nullable String zone, int weight, int inFlight) {
        Member member = add(node, zone, weight);
        for (int i = 0; i < inFlight; i++) {
            leases.add(member.begin());
        }
        return this;
    }

    /** One more. */
    public Member add(@Nullable String node, @Nullable String zone, int weight) {
        Endpoint endpoint = TestEndpoints.endpoint(members.size())
                .withLocality(new Locality(node, zone))
                .withWeight(weight);
        Member member = new Member(TestEndpoints.TARGET, endpoint, states, clock, BalancerObserver.NONE);
        members.add(member);
        return member;
    }

    /** All of them, in the order they came. */
    public List<Member> members() {
        return List.copyOf(members);
    }

    /** As they are now, through these stages. */
    public Layout through(Stage... stages) {
        Layout layout = Layout.of(members);
        for (Stage stage : stages) {
            layout = stage.apply(layout);
        }
        return layout;
    }

    /** The loads of its priorities. */
    public static List<Integer> loads(Layout layout) {
        return layout.priorities().stream().map(Layout.Priority::load).toList();
    }

    /** What part of a priority's requests a group gets, in percent; 0 if it is not there. */
    public static double percent(Layout.Priority priority, String locality) {
        double all = 0;
        double of = 0;
        for (Layout.Group group : priority.serving()) {
            all += group.share();
            of += group.locality().equals(locality) ? group.share() : 0;
        }
        return 100 * of / all;
    }
}
