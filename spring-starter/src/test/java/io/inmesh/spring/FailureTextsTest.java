package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeEndpoints;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What a user reads who misspelt something: the text that Boot prints instead of a stack trace. */
class FailureTextsTest {
    private final ApplicationContextRunner context = Contexts.with(new FakeEndpoints("k8s"))
            .withConfiguration(AutoConfigurations.of(InmeshHealthAutoConfiguration.class));

    /** Starts with a file of these lines, expects that to fail, and asks the analyzers as Boot does. */
    private FailureAnalysis analysisOf(String lines) throws Exception {
        PropertySource<?> source = new PropertiesPropertySourceLoader()
                .load("file", new ByteArrayResource(lines.getBytes(StandardCharsets.UTF_8), "application.properties"))
                .get(0);
        return FailureTexts.of(context.withInitializer(
                initialized -> initialized.getEnvironment().getPropertySources().addFirst(source)));
    }

    @Test
    void an_unknown_policy_for_all_services() throws Exception {
        FailureAnalysis analysis = analysisOf("\n\ninmesh.defaults.policy=round-robbin\n");
        assertThat(analysis.getDescription()).startsWith("""
                A property of inmesh cannot be used:

                    Property: inmesh.defaults.policy
                    Value: "round-robbin"
                    Origin: Byte array resource [application.properties] - 3:24
                    Reason: policy 'round-robbin' is unknown, did you mean 'round-robin'? (valid: destination-hash,""");
        assertThat(analysis.getDescription()).contains("power-of-two, ", "random, ", ", round-robin, ");
        assertThat(analysis.getAction()).isEqualTo("Correct or remove the property inmesh.defaults.policy.");
    }

    @Test
    void settings_that_contradict_each_other_or_have_no_effect() throws Exception {
        assertThat(analysisOf("inmesh.defaults.check.mode=tcp\ninmesh.defaults.check.timeout=15s")
                        .getDescription())
                .contains(
                        "Property: inmesh.defaults.check.timeout",
                        "Value: \"15s\"",
                        "[application.properties] - 2:31",
                        "check.timeout: PT15S (expected: above zero, and at most check.interval, which is PT10S)");
        assertThat(analysisOf("inmesh.services.orders.shop.budget.max-tokens=20")
                        .getDescription())
                .contains(
                        "Property: inmesh.services.orders.shop.budget.max-tokens",
                        "Value: \"20\"",
                        "Reason: budget.max-tokens: '20' (expected: none unless budget.mode is tokens");
    }

    @Test
    void an_instance_of_a_registry_that_is_not_there() throws Exception {
        assertThat(analysisOf("inmesh.defaults.resilience4j.circuit-breaker=orders")
                        .getDescription())
                .contains(
                        "Property: inmesh.defaults.resilience4j.circuit-breaker",
                        "Value: \"orders\"",
                        "[application.properties] - 1:46",
                        "in Spring a bean of each registry that is meant");
    }

    @Test
    void an_unknown_policy_for_one_service() throws Exception {
        assertThat(analysisOf("inmesh.services[orders.shop].policy=rendom").getDescription())
                .contains(
                        "Property: inmesh.services[orders.shop].policy",
                        "Value: \"rendom\"",
                        "[application.properties] - 1:37",
                        "policy 'rendom' is unknown, did you mean 'random'?");
        assertThat(analysisOf("inmesh.services.orders.shop.policy=rendom").getDescription())
                .contains("Property: inmesh.services.orders.shop.policy", "[application.properties] - 1:36");
    }

    @Test
    void an_unknown_setting_for_all_services() throws Exception {
        assertThat(analysisOf("inmesh.defaults.polcy=rr").getDescription())
                .contains(
                        "Property: inmesh.defaults.polcy",
                        "Value: \"rr\"",
                        "[application.properties] - 1:23",
                        "setting 'polcy' is unknown, did you mean 'policy'? (valid: affinity.mode, ");
    }

    @Test
    void an_unknown_setting_for_one_service() throws Exception {
        assertThat(analysisOf("inmesh.services.orders.shop.prot=80").getDescription())
                .contains(
                        "Property: inmesh.services.orders.shop.prot",
                        "Value: \"80\"",
                        "[application.properties] - 1:34",
                        "setting 'prot' is unknown, did you mean 'port'? (valid: affinity.mode, ");
    }

    @Test
    void an_unknown_property() throws Exception {
        assertThat(analysisOf("inmesh.startup-wiat=3s").getDescription())
                .contains(
                        "Property: inmesh.startup-wiat",
                        "[application.properties] - 1:21",
                        "property 'startup-wiat' is unknown, did you mean 'startup-wait'?"
                                + " (valid: close-wait, cloud, defaults, enabled, health, http, kubernetes, metrics, observations,"
                                + " self, services, startup-wait, warm)");
        assertThat(analysisOf("inmesh.kubernetes.node=n1").getDescription())
                .contains("property 'node' is unknown, did you mean 'zone'?", "node-name");
    }

    @Test
    void a_wait_below_zero() throws Exception {
        assertThat(analysisOf("inmesh.close-wait=-3s").getDescription())
                .contains(
                        "Property: inmesh.close-wait",
                        "[application.properties] - 1:19",
                        "it is negative (expected: zero or more, as in 10s)");
    }

    @Test
    void an_excluded_host_that_no_url_can_have() throws Exception {
        assertThat(analysisOf("inmesh.http.exclude=*.legacy,http://old").getDescription())
                .contains(
                        "Property: inmesh.http.exclude",
                        "[application.properties] - 1:21",
                        "host 'http://old' (expected: a URL's host without scheme and port, with * for any characters but dots,"
                                + " as in *.legacy)");
    }

    @Test
    void an_excluded_host_of_a_list_that_is_written_one_by_one() throws Exception {
        assertThat(analysisOf("inmesh.http.exclude[0]=*.legacy\ninmesh.http.exclude[1]=http://old")
                        .getDescription())
                .contains(
                        "Property: inmesh.http.exclude[1]",
                        "Value: \"http://old\"",
                        "[application.properties] - 2:24",
                        "host 'http://old' (expected: a URL's host without scheme and port");
    }

    @Test
    void a_value_that_is_none_of_the_possible_ones() throws Exception {
        assertThat(analysisOf("inmesh.kubernetes.network=insid").getDescription())
                .contains(
                        "Property: inmesh.kubernetes.network",
                        "Value: \"insid\"",
                        "[application.properties] - 1:27",
                        "value 'insid' is unknown, did you mean 'inside'? (valid: auto, inside, outside)");
    }

    @Test
    void a_duration_that_is_none_is_explained_by_boot_and_a_negative_one_by_us() throws Exception {
        assertThat(analysisOf("inmesh.startup-wait=soon").getDescription())
                .contains("Property: inmesh.startup-wait", "Value: \"soon\"", "java.time.Duration");
        assertThat(analysisOf("inmesh.startup-wait=-1s").getDescription())
                .contains("Property: inmesh.startup-wait", "it is negative (expected: zero or more, as in 10s)");
    }

    @Test
    void a_service_to_warm_that_can_be_none_and_waits_that_cannot_be_meant() throws Exception {
        assertThat(analysisOf("inmesh.warm.targets[0]=orders.shop\ninmesh.warm.targets[1]=a.b.c.d\n")
                        .getDescription())
                .contains("Property: inmesh.warm.targets[1]", "Value: \"a.b.c.d\"", "has more than two labels");
        assertThat(analysisOf("inmesh.warm.targets=a.b.c.d").getDescription())
                .contains("Property: inmesh.warm.targets\n", "[application.properties] - 1:21");
        assertThat(analysisOf("inmesh.warm.targets=orders.shop:http?policy=rendom")
                        .getDescription())
                .contains(
                        "Property: inmesh.warm.targets\n",
                        "Value: \"orders.shop:http?policy=rendom\"",
                        "policy 'rendom' is unknown, did you mean 'random'?");
        assertThat(analysisOf("inmesh.warm.for-at-most=-1s").getDescription())
                .contains("Property: inmesh.warm.for-at-most", "it is negative (expected: zero or more, as in 5s)");
        assertThat(analysisOf("inmesh.health.stale-after=0s").getDescription())
                .contains(
                        "Property: inmesh.health.stale-after",
                        "it is not above zero (expected: longer than a watch may be silent, as in 5m)");
        assertThat(analysisOf("inmesh.health.required[0]=*\ninmesh.health.required[1]=a.b.c.d\n")
                        .getDescription())
                .contains("Property: inmesh.health.required[1]", "Value: \"a.b.c.d\"", "has more than two labels");
    }

    @Test
    void a_misspelt_name_in_each_group() throws Exception {
        assertThat(analysisOf("inmesh.metrics.latencies=true").getDescription())
                .contains(
                        "property 'latencies' is unknown, did you mean 'latency'? (valid: enabled, endpoints, latency)");
        assertThat(analysisOf("inmesh.health.require=orders").getDescription())
                .contains("did you mean 'required'? (valid: required, stale-after)");
        assertThat(analysisOf("inmesh.warm.target=orders").getDescription())
                .contains("did you mean 'targets'? (valid: for-at-most, targets)");
    }

    @Test
    void a_namespace_that_can_be_none() throws Exception {
        assertThat(analysisOf("inmesh.kubernetes.namespace=Shop_1").getDescription())
                .contains(
                        "Property: inmesh.kubernetes.namespace",
                        "Value: \"Shop_1\"",
                        "'Shop_1' (expected: one DNS label, as in shop: a-z, 0-9 and '-', at most 63 characters a label)");
    }

    @Test
    void a_services_name_that_can_be_none_and_a_port_said_twice() throws Exception {
        assertThat(analysisOf("inmesh.services[a.b.c.d].policy=rr").getDescription())
                .contains("Property: inmesh.services[a.b.c.d].policy", "has more than two labels", "accepted:");
        assertThat(analysisOf("inmesh.services[orders\\:http].port=80").getDescription())
                .contains(
                        "Property: inmesh.services[orders:http].port",
                        "the service's name 'orders:http' says a port already");
        assertThat(analysisOf("inmesh.services.orders.shop.port=70000").getDescription())
                .contains("Property: inmesh.services.orders.shop.port", "port 70000 (expected: 1..65535)");
    }

    @Test
    void what_the_mesh_refuses_of_a_service_by_another_of_its_names() throws Exception {
        assertThat(analysisOf("inmesh.services.orders.shop.svc.hedge.percent=5").getDescription())
                .contains("Property: inmesh.services.orders.shop.svc.hedge.percent", "Value: \"5\"", "hedge.delay");
        assertThat(analysisOf("""
                        inmesh.defaults.eject.base=10s
                        inmesh.services.orders.shop.svc.eject.enabled=false
                        inmesh.services.orders.shop.svc.eject.base=5s
                        """).getDescription())
                .contains("Property: inmesh.services.orders.shop.svc.eject.base", "Value: \"5s\"");
    }

    @Test
    void one_service_under_two_names() throws Exception {
        assertThat(analysisOf("""
                        inmesh.services.orders.shop.policy=rr
                        inmesh.services[orders.shop.svc].policy=random
                        """).getDescription()).contains("service 'orders.shop' is configured twice");
    }
}
