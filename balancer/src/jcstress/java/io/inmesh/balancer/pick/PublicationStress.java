package io.inmesh.balancer.pick;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.pick.hash.DestinationHash;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A picker that a thread comes to see is whole, even where it is published by a plain write, without the release that balancers publish it with:
 * its fields are final, or it would be half made for some.
 */
public final class PublicationStress {
    private static final List<EndpointView> EQUAL = members(1, 1, 1);
    private static final List<EndpointView> UNEQUAL = members(1, 2, 5);

    private PublicationStress() {}

    private static List<EndpointView> members(double... weights) {
        Target target = Target.parse("orders.shop:http");
        EndpointStates states = new EndpointStates();
        return Stream.iterate(0, i -> i < weights.length, i -> i + 1)
                .<EndpointView>map(i -> {
                    Member member = new Member(
                            target, Endpoint.of("10.0.0." + i, 8080), states, () -> 0, BalancerObserver.NONE);
                    member.setWeight(weights[i]);
                    return member;
                })
                .toList();
    }

    private static Picker made(PickerFactory policy, List<EndpointView> endpoints) {
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        EndpointView[] views = endpoints.toArray(EndpointView[]::new);
        return new Gate(
                policy.newPicker(new PickerFactory.Input(endpoints, random, () -> 0, null)), views, random);
    }

    /** 0 before there is a picker, 1 if it chooses one of the endpoints, -1 if it fails or chooses anything else. */
    private static int chosen(@Nullable Picker picker, List<EndpointView> endpoints) {
        if (picker == null) {
            return 0;
        }
        try {
            return picker.choose(PickContext.NONE) instanceof EndpointView view && endpoints.contains(view) ? 1 : -1;
        } catch (RuntimeException e) {
            return -1;
        }
    }

    /** Equal turns. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class Turns {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new RoundRobin(), EQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, EQUAL);
        }
    }

    /** Turns by weight. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class WeightedTurns {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new WeightedRoundRobin(), UNEQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, UNEQUAL);
        }
    }

    /** A draw by weight. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class WeightedDraw {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new RandomChoice(), UNEQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, UNEQUAL);
        }
    }

    /** Two drawn. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class TwoDrawn {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new PowerOfTwo(), EQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, EQUAL);
        }
    }

    /** Two drawn by weight. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class TwoDrawnByWeight {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new PowerOfTwo(), UNEQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, UNEQUAL);
        }
    }

    /** A Maglev table. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0", "1"},
            expect = Expect.ACCEPTABLE,
            desc = "not there yet, or whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "half made")
    public static class Table {
        private @Nullable Picker picker;

        /** Makes one and lets it be seen. */
        @Actor
        public void publish() {
            picker = made(new DestinationHash(DestinationHash.Table.MAGLEV, 13, 0), EQUAL);
        }

        /** Chooses by it. */
        @Actor
        public void choose(I_Result r) {
            r.r1 = chosen(picker, EQUAL);
        }
    }
}
