package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Prober;
import io.inmesh.api.Rejection;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Target;
import io.inmesh.api.Usability;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import io.inmesh.balancer.testing.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy behind every stage that goes by places and health: any works with any. */
@ParameterizedClass
@MethodSource("cases")
class EveryPolicyAndStageTest {
    private static final long SEED = 12;
    private static final String OWN = "checkout.shop:http";
    private static final int DRAWS = 6_000;
    private static final Member.Health[] VERDICTS = {
        Member.Health.HEALTHY, Member.Health.HEALTHY, Member.Health.TRIAL, Member.Health.EJECTED
    };
    private static final int ALLOCATING_RUNS = 100_000;

    /** What stages are asked for, and where requests may go while everyone is healthy and idle. */
    private enum Stage {
        NODE("locality.mode: node", "n1"),
        STRICT("locality.mode: node; locality.strict: true", "n1"),
        ZONE_AWARE("locality.mode: zone-aware", "n1 n2 n3 n4"),
        WEIGHTED("locality.mode: weighted; locality.weights: a=3,b=1,c=0", "n1 n2 n3"),
        PRIORITIES("priority.zones: own,b", "n1 n2"),
        FIRST("priority.zones: own,b; priority.mode: first", "n1 n2"),
        PRIORITIES_AND_NODE("priority.zones: b,own; locality.mode: node", "n3");

        private final String settings;
        private final String nodes;

        Stage(String settings, String nodes) {
            this.settings = settings;
            this.nodes = nodes;
        }

        private BalancerConfig config() {
            Map<String, String> values = new HashMap<>();
            for (String setting : settings.split("; ", -1)) {
                int colon = setting.indexOf(": ");
                values.put(setting.substring(0, colon), setting.substring(colon + 2));
            }
            return BalancerConfig.of(values);
        }
    }

    private final EveryPolicy.Case tested;
    private final FakeClock clock = new FakeClock();
    private final Engine engine = engine(clock);
    private final Members<Member> members = new Members<>(engine, TestEndpoints.TARGET, Assembling.KEY, Member::new);
    private final PickerAssembly assembly = new PickerAssembly(engine, TestEndpoints.TARGET);

    /** Written by the one thread that assembles, read by those that pick. */
    private volatile Picker published = context -> {
        throw new AssertionError("nothing was assembled");
    };

    EveryPolicyAndStageTest(EveryPolicy.Case tested) {
        this.tested = tested;
    }

    static List<EveryPolicy.Case> cases() {
        return EveryPolicy.cases();
    }

    /** On node n1 in zone a, with peers in two zones. */
    private static Engine engine(FakeClock clock) {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish(OWN, at(201, "n1", "a"), at(202, "n3", "b"), at(203, "n4", "b"));
        OwnService own = new OwnService(
                () -> cluster.newResolver(Target.parse(OWN), new ResolverProvider.Context(clock, clock)),
                new OwnService.Identity(null, null, Set.of(at(201, "n1", "a").host())));
        own.use(() -> {});
        return Engine.of(
                clock,
                clock,
                new StripedRandom(4, new SplittableRandom(SEED)),
                List.of(),
                OutcomeClassifier.standard(),
                Map.of(),
                Settings.NONE,
                () -> new Locality("n1", "a"),
                own,
                Prober.NONE,
                null,
                Extensions.NONE,
                new Faults(),
                clock);
    }

    private static Endpoint at(int i, String node, String zone) {
        return TestEndpoints.endpoint(i).withLocality(new Locality(node, zone));
    }

    private Picker assemble(Stage stage, List<Endpoint> endpoints) {
        EndpointSet set = EndpointSet.of(ServiceFacts.of(Assembling.KEY), 1, endpoints);
        members.reconcile(set.endpoints());
        return assembly.assemble(members.all(), set, new Balancing(stage.config(), tested.policy()))
                .picker();
    }

    /** Two on each of four nodes in three zones. */
    private static List<Endpoint> everywhere() {
        return new ArrayList<>(List.of(
                at(10, "n1", "a"),
                at(11, "n1", "a"),
                at(12, "n2", "a"),
                at(13, "n2", "a"),
                at(14, "n3", "b"),
                at(15, "n3", "b"),
                at(16, "n4", "c"),
                at(17, "n4", "c")));
    }

    private static PickContext context(int request) {
        return request % 2 == 0 ? PickContext.NONE : PickContext.NONE.withKey("key-" + request);
    }

    private static String nodeOf(EndpointView view) {
        return String.valueOf(view.endpoint().locality().node());
    }

    @Test
    @DisplayName("C4, C5, 5.15 to 5.18: the quiesced, the unusable and those held back are never chosen")
    void only_those_are_chosen_that_stages_let_through() {
        for (Stage stage : Stage.values()) {
            List<Endpoint> endpoints = everywhere();
            endpoints.add(at(18, "n1", "a").withWeight(0));
            endpoints.add(at(19, "n3", "b").withUsability(new Usability.Unusable("draining")));
            Picker picker = assemble(stage, endpoints);
            for (int i = 0; i < 300; i++) {
                EndpointView chosen = (EndpointView) picker.choose(context(i));
                assertThat(nodeOf(chosen)).as("%s", stage).isIn((Object[]) stage.nodes.split(" ", -1));
                assertThat(chosen.endpoint()).isIn(endpoints.subList(0, 8));
            }
        }
    }

    @Test
    @DisplayName("5.17: zones get requests by their weights, whatever the policy inside")
    void zones_share_by_weight() {
        Picker picker = assemble(Stage.WEIGHTED, everywhere());
        if (!tested.policy().followsKey()) {
            // Four of weight 3 and two of weight 1, drawn by zone: 3 : 1.
            assertThat(part(picker, Set.of("n1", "n2"))).isCloseTo(0.75, within(0.03));
        } else if (tested.policy().name().equals("destination-hash")
                && !tested.name().contains("ipvs")) {
            // By the product: 4 * 3 : 2 * 1.
            assertThat(part(picker, Set.of("n1", "n2"))).isCloseTo(12 / 14.0, within(0.03));
        }
    }

    @Test
    @DisplayName("5.18: with half of the first priority healthy 70 % stay, by draw or by key")
    void priorities_share_by_health() {
        assumeFalse(tested.keepsToOwner(), "keys of those that are out are turned down");
        List<Endpoint> endpoints = everywhere();
        assemble(Stage.PRIORITIES, endpoints);
        eject("n2");
        Picker picker = assemble(Stage.PRIORITIES, endpoints);
        if (!tested.policy().name().equals("source-hash")) { // All requests of a process have one source.
            assertThat(part(picker, Set.of("n1"))).isCloseTo(0.7, within(0.03));
            assertThat(part(picker, Set.of("n1", "n3"))).isEqualTo(1);
        }
        Picker first = assemble(Stage.FIRST, endpoints);
        assertThat(part(first, Set.of("n1"))).isEqualTo(1);
    }

    private void eject(String node) {
        for (Member member : members.all()) {
            if (node.equals(nodeOf(member))) {
                member.judge(Words.of(Member.Health.EJECTED));
            }
        }
    }

    /** What part of requests, each of another key, goes to those nodes. */
    private static double part(Picker picker, Set<String> nodes) {
        int count = 0;
        for (int i = 0; i < DRAWS; i++) {
            EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE.withKey("key-" + i));
            count += nodes.contains(nodeOf(chosen)) ? 1 : 0;
        }
        return (double) count / DRAWS;
    }

    @Test
    @DisplayName("A42: keys stay where they are while load moves and time passes")
    void keys_stay() {
        boolean byLoad = tested.name().contains("load-factor") || tested.name().startsWith("lblc");
        if (!tested.policy().followsKey() || byLoad) {
            return; // Bounded loads and caches move keys by load: that is what they are for.
        }
        for (Stage stage : Stage.values()) {
            Map<String, EndpointView> owners = new HashMap<>();
            Picker before = assemble(stage, everywhere());
            for (int i = 0; i < 200; i++) {
                String key = "key-" + i;
                owners.put(key, (EndpointView) before.choose(PickContext.NONE.withKey(key)));
            }
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                leases.add(Objects.requireNonNull(owners.get("key-0")).begin());
            }
            clock.advance(Duration.ofSeconds(1));
            Picker after = assemble(stage, everywhere());
            owners.forEach((key, owner) -> assertThat(after.choose(PickContext.NONE.withKey(key)))
                    .as("%s of %s", key, stage)
                    .isSameAs(owner));
            leases.forEach(Lease::close);
        }
    }

    @Test
    @DisplayName("C12: a repeat finds everyone who may be tried, across groups, tiers and priorities")
    void repeats_go_to_all_before_one_comes_twice() {
        assumeFalse(tested.keepsToOwner(), "a key has one endpoint");
        for (Stage stage : Stage.values()) {
            Picker picker = assemble(stage, everywhere());
            int may = stage == Stage.STRICT ? 2 : stage == Stage.WEIGHTED ? 6 : 8;
            PickContext context = PickContext.NONE.withKey("key");
            for (int attempt = 0; attempt < may; attempt++) {
                EndpointView chosen = (EndpointView) picker.choose(context);
                assertThat(context.hasTried(chosen.endpoint()))
                        .as("attempt %d of %s", attempt, stage)
                        .isFalse();
                context = context.withTried(chosen.endpoint());
            }
            assertThat(picker.choose(context)).as("all tried").isInstanceOf(EndpointView.class);
        }
    }

    @Test
    @DisplayName("C1: a choice among groups allocates nothing")
    void groups_cost_no_allocation() {
        List<Endpoint> endpoints = everywhere();
        Picker zones = assemble(Stage.WEIGHTED, endpoints);
        eject("n2");
        Picker priorities = assemble(Stage.PRIORITIES, endpoints);
        PickContext context = PickContext.NONE.withKey("key");
        for (Picker picker : List.of(zones, priorities)) {
            assertThat(Allocation.bytesPerRun(() -> picker.choose(context), ALLOCATING_RUNS))
                    .isLessThan(Allocation.NOTHING);
        }
    }

    @Test
    @DisplayName(
            "layouts change under four picking threads, from stage to stage; nobody gets nothing, nothing stays in flight")
    void layouts_change_while_threads_pick() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        AtomicInteger running = new AtomicInteger(3);
        published = assemble(Stage.NODE, everywhere());
        Together.run(4, thread -> {
            if (thread == 0) {
                while (running.get() > 0) {
                    List<Endpoint> some = everywhere();
                    some.subList(1, some.size()).removeIf(each -> random.nextInt(4) == 0);
                    published = assemble(Stage.values()[random.nextInt(Stage.values().length)], some);
                    members.all().forEach(member -> member.judge(Words.of(VERDICTS[random.nextInt(VERDICTS.length)])));
                }
                return;
            }
            try {
                for (int i = 0; i < 2_000; i++) {
                    Choice choice = published.choose(context(i));
                    if (tested.mayReject() && choice instanceof Rejection) {
                        continue;
                    }
                    try (Lease lease = ((EndpointView) choice).begin()) {
                        lease.complete(Outcome.SUCCESS);
                    }
                }
            } finally {
                running.decrementAndGet();
            }
        });
        assertThat(members.all()).allMatch(member -> member.inFlight() == 0);
        members.close();
        assertThat(engine.states().size()).isZero();
    }
}
