package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Locality;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Members of one service port and what assembles pickers from them, on a clock that stands. */
final class Assembling {
    static final ServiceKey KEY = new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP);

    final Engine engine;
    final Members<Member> members;
    final PickerAssembly assembly;

    private PickerAssembly.@Nullable Assembled last;

    Assembling(Engine engine) {
        this.engine = engine;
        this.members = new Members<>(engine, TestEndpoints.TARGET, KEY, Member::new);
        this.assembly = new PickerAssembly(engine, TestEndpoints.TARGET);
    }

    /** What was assembled last: its rejection and how long it holds. */
    PickerAssembly.Assembled last() {
        return Objects.requireNonNull(last, "nothing was assembled");
    }

    /** An engine without settings, which draws nothing but zeros. */
    static Engine engine(FakeClock clock, BalancerObserver... observers) {
        return engine(clock, () -> 0, Map.of(), Settings.NONE, observers);
    }

    static Engine engine(
            FakeClock clock,
            RandomGenerator random,
            Map<String, Settings> services,
            Settings defaults,
            BalancerObserver... observers) {
        return Engine.of(
                clock,
                clock,
                random,
                List.of(observers),
                OutcomeClassifier.standard(),
                services,
                defaults,
                () -> Locality.UNKNOWN,
                new OwnService(null, new OwnService.Identity(null, null, Set.of())),
                Prober.NONE,
                null,
                Extensions.NONE,
                new Faults(),
                clock);
    }

    /** The states of the members' service port. */
    EndpointStates states() {
        EndpointStates states = engine.states().retain(KEY);
        engine.states().release(KEY);
        return states;
    }

    /** The members become these, and a picker is made from them. */
    Picker assemble(PickerFactory policy, @Nullable Unresolved nothingUsable, Endpoint... endpoints) {
        members.reconcile(List.of(endpoints));
        return assemble(members.all(), policy, nothingUsable);
    }

    Picker assemble(Collection<Member> from, PickerFactory policy, @Nullable Unresolved nothingUsable) {
        List<Endpoint> endpoints = from.stream().map(Member::endpoint).toList();
        EndpointSet set = new EndpointSet(ServiceFacts.of(KEY), 1, endpoints, nothingUsable, false, null);
        PickerAssembly.Assembled assembled =
                assembly.assemble(from, set, new Balancing(BalancerConfig.of(Map.of()), policy));
        last = assembled;
        return assembled.picker();
    }
}
