package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group X: services that are aliases. */
class AliasRulesTest {
    private static final String DOMAIN = "cluster.local";
    private static final String NO_PORTS = "[]";

    private static ServiceObject alias(String name, String externalName, String ports) {
        return Samples.service("{metadata: {name: '" + name + "', namespace: 'prod'}, spec: {type: 'ExternalName',"
                + " externalName: '" + externalName + "', ports: " + ports + "}}");
    }

    private static Wanted wanted(String name, @Nullable String port) {
        return new Wanted(new ObjectName("prod", name), null, port, Protocol.TCP);
    }

    private static AliasRules.Step follow(String externalName, @Nullable String port, String ports) {
        return AliasRules.follow(AliasChain.from(wanted("shop", port)), alias("shop", externalName, ports), DOMAIN);
    }

    private static Unresolved nowhere(AliasRules.Step step, Reason reason) {
        assertThat(step).isInstanceOf(AliasRules.Nowhere.class);
        Unresolved unresolved = ((AliasRules.Nowhere) step).unresolved();
        assertThat(unresolved.reason()).isEqualTo(reason);
        assertThat(unresolved.text()).startsWith("shop in namespace prod");
        return unresolved;
    }

    @ParameterizedTest
    @CsvSource({
        "db.example.org, db.example.org",
        "db.example.org., db.example.org", // a final dot is allowed
        "DB.example.org, db.example.org",
        "db, db",
        "db.example, db.example", // two labels without svc are no cluster name here
        "a.b.svc.example.org, a.b.svc.example.org", // another domain
    })
    void a_name_outside_the_cluster_is_for_the_systems_resolver_X1_X3(String externalName, String host) {
        assertThat(follow(externalName, "5432", NO_PORTS)).isInstanceOfSatisfying(AliasRules.ToName.class, name -> {
            assertThat(name.host()).isEqualTo(host);
            assertThat(name.port()).isEqualTo(5432);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "a..b", "db.example.org:5432", "-a.example", "a_b", "http://x", "a b", "d\u212A.example"
            })
    void what_is_no_dns_name_leads_nowhere_and_is_quoted_X1(String externalName) {
        assertThat(nowhere(follow(externalName, "80", NO_PORTS), Reason.BAD_ALIAS)
                        .text())
                .contains("'" + externalName + "'", "no DNS name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7", "2001:db8::1"})
    void an_address_is_no_name_X1(String externalName) {
        assertThat(nowhere(follow(externalName, "80", NO_PORTS), Reason.BAD_ALIAS)
                        .text())
                .contains("an IP address", "without a selector");
    }

    @ParameterizedTest
    @CsvSource({
        "real.test.svc.cluster.local, test/real,",
        "real.test.svc.cluster.local., test/real,",
        "real.test.svc, test/real,",
        "Real.TEST.svc.Cluster.Local, test/real,",
        "h-0.real.test.svc.cluster.local, test/real, h-0",
    })
    void a_cluster_name_leads_to_that_service_X2(String externalName, String next, @Nullable String host) {
        assertThat(follow(externalName, "80", NO_PORTS)).isInstanceOfSatisfying(AliasRules.ToService.class, step -> {
            Wanted wanted = step.chain().current();
            assertThat(wanted.service()).hasToString(next);
            assertThat(wanted.host()).isEqualTo(host);
            assertThat(wanted.port()).isEqualTo("80");
        });
    }

    @Test
    void a_loop_is_named_with_its_chain_X2() {
        AliasRules.Step step = follow("b.prod.svc.cluster.local", "80", NO_PORTS);
        AliasChain chain = ((AliasRules.ToService) step).chain();
        Unresolved loop = nowhere(
                AliasRules.follow(chain, alias("b", "shop.prod.svc.cluster.local", NO_PORTS), DOMAIN),
                Reason.BAD_ALIAS);
        assertThat(loop.text()).contains("circle, back to shop.prod", "shop.prod -> b.prod");
        assertThat(nowhere(follow("shop.prod.svc", "80", NO_PORTS), Reason.BAD_ALIAS)
                        .text())
                .contains("circle");
    }

    @Test
    void eight_aliases_are_followed_and_not_nine_X2() {
        AliasChain chain = AliasChain.from(wanted("shop", "80"));
        String at = "shop";
        for (int i = 1; i <= 8; i++) {
            AliasRules.Step step =
                    AliasRules.follow(chain, alias(at, "s" + i + ".prod.svc.cluster.local", NO_PORTS), DOMAIN);
            assertThat(step).isInstanceOf(AliasRules.ToService.class);
            chain = ((AliasRules.ToService) step).chain();
            at = "s" + i;
        }
        assertThat(chain.current().service().name()).isEqualTo("s8");
        for (String ninth : new String[] {"s9.prod.svc.cluster.local", "db.example.org"}) {
            assertThat(nowhere(AliasRules.follow(chain, alias("s8", ninth, NO_PORTS), DOMAIN), Reason.BAD_ALIAS)
                            .text())
                    .contains("more than 8", "shop.prod -> s1.prod", "s7.prod -> s8.prod");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5432, 5432", // as it is
        "8080, 8080",
        "web, 8080", // a name gives port, never targetPort
    })
    void the_port_is_the_callers_number_or_that_of_the_name_X4(String port, int expected) {
        String ports = "[{name: 'web', port: 8080, targetPort: 9999}, {name: 'sql', port: 5432}]";
        assertThat(follow("db.example.org", port, ports))
                .isInstanceOfSatisfying(
                        AliasRules.ToName.class, name -> assertThat(name.port()).isEqualTo(expected));
        assertThat(follow("real.test.svc", port, ports))
                .isInstanceOfSatisfying(
                        AliasRules.ToService.class,
                        step -> assertThat(step.chain().current().port()).isEqualTo(Integer.toString(expected)));
    }

    @Test
    void a_name_that_the_alias_lacks_is_refused_X4() {
        nowhere(follow("db.example.org", "sql", NO_PORTS), Reason.NO_SUCH_PORT);
        nowhere(follow("real.test.svc", "sql", "[{name: 'web', port: 80}]"), Reason.NO_SUCH_PORT);
    }

    @Test
    void without_a_port_the_aliass_only_one_is_meant_else_that_of_the_service_it_leads_to_X4_P10() {
        assertThat(follow("db.example.org", null, "[{name: 'web', port: 80}]"))
                .isInstanceOfSatisfying(
                        AliasRules.ToName.class, name -> assertThat(name.port()).isEqualTo(80));
        assertThat(follow("real.test.svc", null, NO_PORTS))
                .isInstanceOfSatisfying(
                        AliasRules.ToService.class,
                        step -> assertThat(step.chain().current().port()).isNull());
        nowhere(follow("db.example.org", null, NO_PORTS), Reason.NO_SUCH_PORT);
        nowhere(follow("real.test.svc", null, "[{name: 'a', port: 80}, {name: 'b', port: 81}]"), Reason.AMBIGUOUS_PORT);
    }

    @Test
    void the_final_name_is_there_for_those_who_need_it_X5() {
        AliasChain chain = ((AliasRules.ToService) follow("h-0.real.test.svc", "80", NO_PORTS)).chain();
        assertThat(chain.finalName(DOMAIN)).isEqualTo("h-0.real.test.svc.cluster.local");
        assertThat(chain.asked().service().name()).isEqualTo("shop");
    }

    @Test
    void what_goes_wrong_at_the_end_of_a_chain_tells_the_chain_X2() {
        AliasChain chain = ((AliasRules.ToService) follow("real.test.svc", "80", NO_PORTS)).chain();
        Unresolved told = chain.explain(new Unresolved(Reason.NOT_FOUND, "real in namespace test: none"));
        assertThat(told.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(told.text())
                .isEqualTo("shop in namespace prod, port 80: real in namespace test: none (reached through the aliases"
                        + " shop.prod -> real.test)");
        Unresolved plain = new Unresolved(Reason.NOT_FOUND, "x");
        assertThat(AliasChain.from(wanted("shop", "80")).explain(plain)).isSameAs(plain);
    }

    @Test
    void a_host_of_an_alias_is_nothing_H2_X1() {
        Wanted host = new Wanted(new ObjectName("prod", "shop"), "h-0", "80", Protocol.TCP);
        AliasRules.Step step =
                AliasRules.follow(AliasChain.from(host), alias("shop", "real.test.svc", NO_PORTS), DOMAIN);
        assertThat(step).isInstanceOfSatisfying(AliasRules.Nowhere.class, nowhere -> assertThat(
                        nowhere.unresolved().text())
                .contains("no hosts of its own", "h-0"));
    }
}
