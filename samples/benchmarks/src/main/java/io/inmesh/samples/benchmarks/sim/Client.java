package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.weight.ReportedWeights;
import io.inmesh.balancer.state.EndpointStates;
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
    private static final WeightConfig AT_ONCE = new WeightConfig(
            WeightConfig.Source.REPORTS,
            Duration.ZERO,
            Duration.ofSeconds(180),
            Duration.ofSeconds(1),
            1,
            List.of(),
            Duration.ZERO);

    private final EventQueue events;
    private final PickerFactory factory;
    private final RandomGenerator random;
    private final List<ServerMember> members = new ArrayList<>();
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
            member.setWeight(
                    policy.weights() == Policy.Weights.STATED
                            ? cluster.scenario().makers().nominal(i)
                            : 1);
            members.add(member);
        }
        picker = newPicker(null);
    }

    private Picker newPicker(@Nullable Picker previous) {
        return factory.newPicker(new PickerFactory.Input(List.<EndpointView>copyOf(members), random, events, previous));
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
        for (int i = 0; i < reports.size(); i++) {
            members.get(i).reported(reports.get(i));
        }
        new ReportedWeights(AT_ONCE, events.nanoTime(), PickerFactory.Fallback.UNHEARD)
                .apply(Layout.of(members))
                .candidates()
                .forEach(candidate -> candidate.member().setWeight(candidate.weight()));
        picker = newPicker(picker);
    }
}
