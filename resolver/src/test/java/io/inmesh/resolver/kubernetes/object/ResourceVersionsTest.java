package io.inmesh.resolver.kubernetes.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceVersionsTest {

    @Test
    void decimal_integers_compare_as_numbers_and_everything_else_not_at_all_W16() {
        assertThat(ResourceVersions.compare("99", "100")).isNegative();
        assertThat(ResourceVersions.compare("100", "99")).isPositive();
        assertThat(ResourceVersions.compare("7", "7")).isZero();
        for (String other : List.of("", "abc", "007", "1a")) {
            assertThat(ResourceVersions.compare(other, "5")).as(other).isZero();
        }
    }

    @Test
    void for_sorting_what_cannot_be_compared_comes_first_so_that_no_circle_arises_A8() {
        List<String> versions = List.of("5", "abc", "7", "", "6", "xyz");
        for (String one : versions) {
            for (String two : versions) {
                assertThat(Integer.signum(ResourceVersions.order(one, two)))
                        .isEqualTo(-Integer.signum(ResourceVersions.order(two, one)));
                for (String three : versions) {
                    if (ResourceVersions.order(one, two) <= 0 && ResourceVersions.order(two, three) <= 0) {
                        assertThat(ResourceVersions.order(one, three)).isNotPositive();
                    }
                }
            }
        }
        assertThat(ResourceVersions.order("abc", "5")).isNegative();
    }
}
