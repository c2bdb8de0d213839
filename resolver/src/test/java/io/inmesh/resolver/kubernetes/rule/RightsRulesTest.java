package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.PodsTarget;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.source.Right;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules: the Role to add holds what was refused and what the target really reads, and nothing else. */
class RightsRulesTest extends OutsideScene {
    private static final String SERVICES = "- {apiGroups: [\"\"], resources: [services], verbs: [list, watch]}\n";
    private static final String SLICES =
            "- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}\n";
    private static final String ENDPOINTS = "- {apiGroups: [\"\"], resources: [endpoints], verbs: [list, watch]}\n";
    private static final String PODS = "- {apiGroups: [\"\"], resources: [pods], verbs: [list, watch]}\n";

    private static Trouble forbidden(Right right) {
        return Trouble.forbidden("403", "forbidden; add this role\n", right);
    }

    private static String rules(Answer answer) {
        String text = Objects.requireNonNull(answer.trouble()).text();
        return text.substring(text.indexOf("rules:\n") + "rules:\n".length());
    }

    private static ClientRules reading(SourceChoice source, boolean weighted) {
        return new ClientRules(
                Samples.INSIDE, HintUse.NODES_AND_ZONES, HintUse.NONE, source, weighted, Target.DEFAULT_CLUSTER_DOMAIN);
    }

    private static Answer answer(SourceChoice source, boolean weighted) {
        return new ServiceQuestion(Samples.wanted("http"), reading(source, weighted))
                .answer(new Findings()
                        .with(new Source.OneService(Samples.SHOP), forbidden(Right.toWatchServices("prod"))));
    }

    @Test
    void a_service_takes_services_and_slices_R6() {
        assertThat(rules(answer(SourceChoice.AUTO, false))).isEqualTo(SERVICES + SLICES);
    }

    @Test
    void where_endpoints_are_the_source_slices_are_not_asked_for_R6_E2() {
        assertThat(rules(answer(SourceChoice.ENDPOINTS, false))).isEqualTo(SERVICES + ENDPOINTS);
    }

    @Test
    void weights_take_pods_as_well_R6() {
        assertThat(rules(answer(SourceChoice.ENDPOINT_SLICES, true))).isEqualTo(SERVICES + SLICES + PODS);
        Answer refused = new ServiceQuestion(Samples.wanted("http"), reading(SourceChoice.AUTO, true))
                .answer(new Findings()
                        .with(
                                new Source.OneService(Samples.SHOP),
                                Optional.of(
                                        Samples.serviceWith(
                                                "{clusterIP: '10.96.0.1', selector: {app: 'shop'}, ports: [{name: 'http', port: 80}]}")))
                        .with(
                                new Source.SlicesOf(Samples.SHOP),
                                List.of(Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}"))))
                        .with(new Source.PodsBy("prod", "app=shop"), forbidden(Right.toWatch("", "pods", "prod"))));
        assertThat(refused.warnings()).singleElement().asString().endsWith(SERVICES + SLICES + PODS);
    }

    @Test
    void pods_by_selector_take_pods_and_nothing_else_in_a_role_that_replaces_none_R6_I() {
        PodsTarget target = (PodsTarget) Target.parse("k8s:///?pods=app%3Dshop&namespace=prod&port=80");
        Answer answer = new PodQuestion(target, "prod", reading(SourceChoice.AUTO, false))
                .answer(new Findings()
                        .with(
                                new Source.PodsBy("prod", target.selector()),
                                forbidden(Right.toWatch("", "pods", "prod"))));
        assertThat(rules(answer)).isEqualTo(PODS);
        assertThat(Objects.requireNonNull(answer.trouble()).text()).contains("name: inmesh-pods\n");
    }

    @Test
    void nodes_take_a_cluster_role_of_their_own_R6_S23() {
        Answer answer = new ServiceQuestion(Samples.wanted("80"), Samples.rules(client(AddressFamily.IPV4)))
                .answer(new Findings()
                        .with(
                                new Source.OneService(Samples.SHOP),
                                Optional.of(service("type: 'NodePort', " + PORT, "")))
                        .with(new Source.SlicesOf(Samples.SHOP), List.of())
                        .with(new Source.AllNodes(), forbidden(Right.toWatchNodes())));
        assertThat(answer.result()).isInstanceOfSatisfying(Answer.None.class, none -> assertThat(
                        none.unresolved().text())
                .contains("kind: ClusterRole", "resources: [nodes], verbs: [get, list, watch]")
                .doesNotContain("services"));
    }
}
