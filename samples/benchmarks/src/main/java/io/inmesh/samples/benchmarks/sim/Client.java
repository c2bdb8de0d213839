package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.LoadReport;
import io.inmesh.balancer.state.ReportedWeight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process that balances: members, their numbers and a picker of its own, all the library's. It sees nothing of other clients but what
 * servers tell.
 */
final class Client {
    /** A simulation lasts seconds: reports count from the first one on. */
    private static final ReportedWeight.Settings AT_ONCE =
            new ReportedWeight.Settings(Duration.ZERO, Duration.ofSeconds(180), 1, List.of());

    private final EventQueue events;
    private final PickerFactory factory;
    private final RandomGenerator random;
    private final List<ServerMember> members = new ArrayList<>();
    private final List<ReportedWeight> reported = new ArrayList<>();
    private Picker picker;

    /** Knows every server of the cluster, and balances by that policy. */
    Client(Cluster cluster, Policy policy, PickerFactory factory, RandomGenerator random) {
        this.events = cluster.events();
        this.factory = factory;
        this.random = random;
        EndpointStates states = new EndpointStates();
        for (int i = 0; i < cluster.servers().size(); i++) {
            ServerMember member = new ServerMember(i, cluster.servers().get(i), states, events);
            member.setTimed(factory.readsLatency());
            member.setWeight(policy.weights() == Policy.Weights.STATED ? cluster.scenario().makers().nominal(i) : 1);
            members.add(member);
            reported.add(new ReportedWeight(AT_ONCE));
        }
        picker = newPicker(null);
    }

    private Picker newPicker(@Nullable Picker previous) {
        return factory.newPicker(
                new PickerFactory.Input(List.<EndpointView>copyOf(members), random, events, previous));
    }

    /** Places a request; {@code whenDone} runs at the moment it is answered. */
    void send(double workNanos, Runnable whenDone) {
        Choice choice = picker.choose(PickContext.NONE);
        if (!(choice instanceof ServerMember member)) {
            throw new IllegalStateException(factory + " chose " + choice + " (expected: one of " + members.size()
                    + " servers; simulate a policy that gives one to every request)");
        }
        Lease lease = member.begin();
        member.server().accept(workNanos, () -> {
            lease.answered();
            lease.complete(Outcome.SUCCESS);
            whenDone.run();
        });
    }

    /** Takes in what the servers report, in their order, and weighs them anew. */
    void weigh(List<LoadReport> reports) {
        double[] believed = new double[members.size()];
        for (int i = 0; i < believed.length; i++) {
            reported.get(i).report(reports.get(i), events.nanoTime());
            believed[i] = reported.get(i).read(events.nanoTime());
        }
        double[] weights = ReportedWeight.together(believed);
        for (int i = 0; i < weights.length; i++) {
            members.get(i).setWeight(weights[i]);
        }
        picker = newPicker(picker);
    }
}
