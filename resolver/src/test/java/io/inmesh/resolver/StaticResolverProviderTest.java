package io.inmesh.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticResolverProviderTest {
    private final StaticResolverProvider provider = new StaticResolverProvider();
    private final FakeClock clock = new FakeClock();

    private EndpointSet resolve(String target) {
        List<EndpointSet> heard = new ArrayList<>();
        try (Resolver resolver =
                provider.newResolver(provider.parse(target), new ResolverProvider.Context(clock, clock))) {
            resolver.start(new Resolver.Listener() {
                @Override
                public void onUpdate(EndpointSet set) {
                    heard.add(set);
                }

                @Override
                public void onUnresolved(Unresolved unresolved) {
                    throw new AssertionError(unresolved);
                }
            });
        }
        assertThat(heard).hasSize(1);
        return heard.get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "static:///10.0.0.7:8080 | 10.0.0.7:8080",
                "static:///10.0.0.8:8080,10.0.0.7:8080 | 10.0.0.7:8080 10.0.0.8:8080",
                "static:///10.0.0.7:8080, 10.0.0.7:8081 | 10.0.0.7:8080 10.0.0.7:8081",
                "static:///[FD00::0007]:8080?policy=round-robin | [fd00::7]:8080",
                "static:///localhost:1 | localhost:1",
                "static:///a-b.example.org:65535 | a-b.example.org:65535",
                "static:///010.0.0.7:80 | 10.0.0.7:80",
            })
    void the_endpoints_are_those_listed(String target, String expected) {
        EndpointSet set = resolve(target);
        assertThat(set.endpoints()).extracting(Endpoint::address).containsExactly(expected.split(" "));
        assertThat(set.endpoints()).allMatch(endpoint -> endpoint.usability().isUsable());
        assertThat(set.endpoints())
                .extracting(Endpoint::id)
                .isEqualTo(set.endpoints().stream().map(Endpoint::address).toList());
    }

    @Test
    void the_key_is_the_target_without_its_query() {
        assertThat(resolve("static:///10.0.0.7:8080?policy=random").facts().key())
                .isEqualTo(ServiceKey.of(Target.parse("static:///10.0.0.7:8080")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "static:///10.0.0.7 | '10.0.0.7' names no port",
                "static:///10.0.0.7: | has port ''",
                "static:///10.0.0.7:0 | has port '0'",
                "static:///10.0.0.7:65536 | has port '65536'",
                "static:///10.0.0.7:http | has port 'http'",
                "static:///:80 | names no port",
                "static:///10.0.0.7:80, | an entry is empty",
                "static:///10.0.0.7:80,,10.0.0.8:80 | an entry is empty",
                "static:///10.0.0.7:80,10.0.0.7:80 | '10.0.0.7:80' is listed twice",
                "static:///[fd00::1]:80,[fd00:0::1]:80 | is listed twice",
                "static:///fd00::1:80 | no brackets",
                "static:///[fd00::1] | names no port",
                "static:///[fd00::g]:80 | is no IPv6 address",
                "static:///10.0.0.256:80 | is no IPv4 address",
                "static:///a/b:80 | neither an IP address nor a host name",
                "orders.shop:80 | its scheme is k8s",
            })
    void what_cannot_be_an_endpoint_is_refused_with_the_input_and_the_accepted_form(String target, String expected) {
        assertThatThrownBy(() -> provider.parse(target))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining(target.substring(0, 6))
                .hasMessageContaining("expected: static:///HOST:PORT");
    }

    @Test
    void the_service_loader_finds_both_providers_without_a_cluster() {
        assertThat(ServiceLoader.load(ResolverProvider.class))
                .extracting(ResolverProvider::scheme)
                .containsExactlyInAnyOrder("static", "k8s");
    }
}
