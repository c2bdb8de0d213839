package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** W-14 over real HTTP: how many watches are open, and that nothing is missed while they are exchanged. */
class WideWatchOverHttpTest {
    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("wide-test");
    private final Context context = new Context(NanoClock.system(), scheduler);
    private final KubernetesResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
            .withMasterUrl(api.url())
            .withNamespace("shop")
            .withNetwork(KubernetesConfig.Network.INSIDE));
    private final List<ScriptedService> services = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private final List<Resolver> resolvers = new ArrayList<>();

    @AfterEach
    void close() {
        provider.close();
        scheduler.close();
        api.close();
    }

    private void use(int count) {
        for (int i = 0; i < count; i++) {
            int number = services.size() + 1;
            ScriptedService service =
                    ScriptedService.of(api, "shop", "svc-" + number, ScriptedPort.tcp("http", 80, 8080));
            service.add(ScriptedPod.of("pod-" + number, "10.0.0." + number));
            services.add(service);
        }
        for (int number = heard.size() + 1; number <= services.size(); number++) {
            Heard listener = new Heard();
            Resolver resolver = provider.newResolver(provider.parse("svc-" + number + ":http"), context);
            resolvers.add(resolver);
            heard.add(listener);
            resolver.start(listener);
        }
    }

    private void awaitAll() {
        for (int i = 0; i < heard.size(); i++) {
            heard.get(i).awaitUsable("10.0.0." + (i + 1) + ":8080");
        }
    }

    private void awaitWatches(int open) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        api.watches().requests())
                .as(
                        "open watches; told: %s",
                        heard.stream().map(Heard::messages).toList())
                .hasSize(open));
    }

    private static boolean isWide(ApiRequest request) {
        return request.parameter("labelSelector") == null && request.parameter("fieldSelector") == null;
    }

    @Test
    void eight_services_have_sixteen_watches_and_nine_have_two_W14() {
        use(8);
        awaitAll();
        awaitWatches(16);
        assertThat(api.watches().requests()).noneMatch(WideWatchOverHttpTest::isWide);
        use(1);
        awaitAll();
        awaitWatches(2);
        assertThat(api.watches().requests()).allMatch(WideWatchOverHttpTest::isWide);
        services.get(4).add(ScriptedPod.of("pod-5b", "10.0.1.5"));
        heard.get(4).awaitUsable("10.0.0.5:8080", "10.0.1.5:8080");
        assertThat(heard).allMatch(each -> each.unresolved().isEmpty());
        provider.close();
        awaitWatches(0);
    }

    @Test
    void twenty_services_at_once_end_on_one_pair_of_watches_W14() {
        use(20);
        awaitAll();
        awaitWatches(2);
        assertThat(api.watches().requests()).allMatch(WideWatchOverHttpTest::isWide);
        services.get(19).delete();
        Awaitility.await().until(() -> !heard.get(19).unresolved().isEmpty());
        services.get(12).add(ScriptedPod.of("pod-13b", "10.0.1.13"));
        heard.get(12).awaitUsable("10.0.0.13:8080", "10.0.1.13:8080");
        assertThat(heard.subList(0, 19)).allMatch(each -> each.unresolved().isEmpty());
        assertThat(api.watches().count()).isEqualTo(2);
        provider.release(context);
        awaitWatches(0);
    }

    @Test
    void services_that_come_one_after_the_other_join_the_pair_and_nobody_lists_the_namespace_again_W14() {
        use(9);
        awaitAll();
        awaitWatches(2);
        for (int number = 10; number <= 14; number++) {
            use(1);
            awaitAll();
            services.get(number - 1).add(ScriptedPod.of("pod-" + number + "b", "10.0.1." + number));
            heard.get(number - 1).awaitUsable("10.0.0." + number + ":8080", "10.0.1." + number + ":8080");
            services.get(number - 1).remove("pod-" + number + "b");
        }
        awaitAll();
        assertThat(api.watches().count()).isEqualTo(2);
        assertThat(api.requests(WideWatchOverHttpTest::isWide))
                .as("one of each kind")
                .hasSize(2);
        assertThat(heard).allMatch(each -> each.unresolved().isEmpty());
    }

    @Test
    void a_rolling_change_during_the_switch_is_neither_lost_nor_shown_twice_W14() {
        use(8);
        awaitAll();
        awaitWatches(16);
        for (int round = 1; round <= 30; round++) { // Each pod of the first service is replaced, one after the other.
            services.get(0).add(ScriptedPod.of("new-" + round, "10.1.0." + round));
            services.get(0).remove(round == 1 ? "pod-1" : "new-" + (round - 1));
            if (round == 10) {
                use(1);
            }
        }
        heard.get(0).awaitUsable("10.1.0.30:8080");
        heard.get(8).awaitUsable("10.0.0.9:8080");
        awaitWatches(2);
        List<Integer> newest = heard.get(0).sets().stream()
                .map(set -> Heard.usable(set).stream()
                        .mapToInt(address -> address.startsWith("10.0.0.1:")
                                ? 0
                                : Integer.parseInt(address.substring("10.1.0.".length(), address.indexOf(':'))))
                        .max()
                        .orElse(-1))
                .toList();
        assertThat(newest).as("the newest pod of each set").isSorted().doesNotContain(-1);
        assertThat(heard.subList(1, 8)).allMatch(each -> each.sets().size() == 1);
        assertThat(heard).allMatch(each -> each.unresolved().isEmpty());
    }

    @Test
    void where_all_services_may_not_be_listed_but_each_may_they_keep_watches_of_their_own_R4() {
        api.faults().always(request -> request.isFor(ResourceType.SERVICES) && isWide(request), Fault.status(403));
        use(10);
        awaitAll();
        awaitWatches(10 + 1);
        assertThat(heard).allMatch(each -> each.unresolved().isEmpty());
    }
}
