package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.serviceWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group F: which of two families is used. */
class FamilyRulesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{clusterIP: 'fd00::1', ipFamilies: ['IPv6', 'IPv4']} | IPv6 IPv4",
                "{clusterIP: '10.96.0.1'} | IPv4",
                "{clusterIP: 'fd00::1'} | IPv6",
                "{clusterIP: 'None', ipFamilies: ['IPv6']} | IPv6",
                "{clusterIP: 'None'} | IPv4 IPv6",
                "{clusterIP: ''} | IPv4 IPv6",
                "{clusterIP: '10.96.0.1', ipFamilies: null} | IPv4",
            })
    void a_service_s_families_are_those_it_lists_else_that_of_its_address_F2(String spec, String expected) {
        assertThat(serviceWith(spec).families()).isEqualTo(families(expected));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // service, configured, host, chosen
                "IPv4 IPv6, IPv6, IPv4, IPv6", // configured, and the service has it
                "IPv4, IPv6, IPv6, IPv4", // configured, and the service has it not
                "IPv6 IPv4, -, IPv6 IPv4, IPv6", // the primary, and the host has it
                "IPv6 IPv4, -, IPv4, IPv4", // the host has the other only
                "IPv6, -, IPv4, IPv6", // the service has no other
                "IPv6 IPv4, -, -, IPv6", // the host has none: the primary
            })
    void one_family_is_chosen_F4(String service, @Nullable String configured, @Nullable String host, String chosen) {
        AddressFamily asked = configured == null ? null : families(configured).get(0);
        Set<AddressFamily> has = host == null ? Set.of() : EnumSet.copyOf(families(host));
        assertThat(FamilyChoice.choose(families(service), asked, has)).hasToString(chosen);
    }

    private static List<AddressFamily> families(String names) {
        return Arrays.stream(names.split(" "))
                .map(name -> AddressFamily.named(name).orElseThrow())
                .toList();
    }

    @Test
    void families_are_never_mixed_and_fqdn_slices_ignored_F1_F3_F4() {
        String four = Samples.json("s4", "1", Samples.endpoint("10.1.0.1", "{}"));
        String six =
                Samples.json("s6", "1", Samples.endpoint("FD00:0::0001", "{}")).replace("'IPv4'", "'IPv6'");
        String fqdn =
                Samples.json("sf", "1", Samples.endpoint("a.example.org", "{}")).replace("'IPv4'", "'FQDN'");
        SliceContributions join = Samples.join(Samples.slice(four), Samples.slice(six), Samples.slice(fqdn));
        ServiceObject both =
                serviceWith("{clusterIP: 'fd00::9', ipFamilies: ['IPv6', 'IPv4'], ports: [{name: 'http', port: 80}]}");
        assertThat(addresses(both, join, Set.of(AddressFamily.IPV6))).containsExactly("[fd00::1]:8080");
        assertThat(addresses(both, join, Set.of(AddressFamily.IPV4))).containsExactly("10.1.0.1:8080");
    }

    private static List<String> addresses(ServiceObject service, SliceContributions join, Set<AddressFamily> host) {
        ClientPlace place = new ClientPlace(Locality.UNKNOWN, null, null, host);
        Answer.Found known = (Answer.Found) Samples.resolve(Samples.wanted("http"), service, join, place);
        return known.endpoints().stream().map(endpoint -> endpoint.address()).toList();
    }
}
