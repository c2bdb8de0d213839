package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What decides which of the sets kept by an earlier life are used. */
class SnapshotTermsRulesTest {

    private static ServiceQuestion question(Locality place, AddressFamily... host) {
        return new ServiceQuestion(
                Samples.wanted("http"), Samples.rules(new ClientPlace(place, null, null, Set.of(host))));
    }

    @Test
    void a_host_whose_network_is_down_finds_what_it_kept_while_it_was_up() {
        ServiceQuestion up = question(new Locality("n1", "a"), AddressFamily.IPV4, AddressFamily.IPV6);
        ServiceQuestion down = question(new Locality("n1", "a"));
        assertThat(down.terms()).isEqualTo(up.terms());
        assertThat(down.placedTerms()).isEqualTo(up.placedTerms());
    }

    @Test
    void the_place_is_a_term_only_where_it_has_a_say() {
        ServiceQuestion one = question(new Locality("n1", "a"), AddressFamily.IPV4);
        ServiceQuestion other = question(new Locality("n2", "a"), AddressFamily.IPV4);
        ServiceQuestion unknown = question(Locality.UNKNOWN, AddressFamily.IPV4);
        assertThat(one.terms()).isEqualTo(other.terms()).isEqualTo(unknown.terms());
        assertThat(one.placedTerms()).isNotEqualTo(other.placedTerms()).isNotEqualTo(unknown.placedTerms());
        assertThat(unknown.placedTerms()).isNotEqualTo(unknown.terms());
    }
}
