package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.SHOP;
import static io.inmesh.resolver.kubernetes.rule.Samples.endpoint;
import static io.inmesh.resolver.kubernetes.rule.Samples.slice;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SliceContributionsTest {
    private final SliceContributions contributions = new SliceContributions();

    @Test
    void a_version_alone_is_no_change_where_no_other_slice_could_name_the_address_A13() {
        contributions.put(slice("s1", "5", endpoint("10.1.0.1", "{}")));
        assertThat(contributions.put(slice("s1", "7", endpoint("10.1.0.1", "{}"))))
                .isEmpty();
        assertThat(contributions.replaceAll(List.of(slice("s1", "8", endpoint("10.1.0.1", "{}")))))
                .isEmpty();
    }

    @Test
    void a_version_alone_may_decide_between_two_slices_that_name_one_address_A8() {
        contributions.put(slice("s1", "5", endpoint("10.1.0.1", "{}")));
        contributions.put(slice("s2", "6", endpoint("10.1.0.1", "{}")));
        assertThat(contributions.put(slice("s1", "7", endpoint("10.1.0.1", "{}"))))
                .containsExactly(SHOP);
        assertThat(contributions.replaceAll(List.of(
                        slice("s1", "7", endpoint("10.1.0.1", "{}")), slice("s2", "9", endpoint("10.1.0.1", "{}")))))
                .containsExactly(SHOP);
    }
}
