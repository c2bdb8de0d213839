package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** P-14 as far as sets go: what is known of a service whose slices alone may be read. */
class UnreadServiceRulesTest {
    private static final Trouble FORBIDDEN = new Trouble(Reason.FORBIDDEN, "403 list services", "add this Role");

    private static Answer answer(@Nullable String port, Slice... slices) {
        return new ServiceQuestion(Samples.wanted(port), Samples.rules(Samples.INSIDE)).answer(new Known() {
            @Override
            @SuppressWarnings("unchecked") // The case gives what its source is declared to be.
            public <T> Finding<T> ask(Source<T> source) {
                return source instanceof Source.SlicesOf
                        ? (Finding<T>) Finding.of(List.of(slices))
                        : new Finding<>(null, FORBIDDEN);
            }

            @Override
            public <T> @Nullable T before(Source<T> source) {
                return null;
            }

            @Override
            public boolean mayWait() {
                return true;
            }
        });
    }

    private static Answer.Found found(Answer answer) {
        assertThat(answer.trouble()).isEqualTo(FORBIDDEN);
        return (Answer.Found) Objects.requireNonNull(answer.result());
    }

    @Test
    void a_port_by_name_works_and_the_missing_right_is_told_P14() {
        Answer.Found found =
                found(answer("http", Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{ready: true}"))));
        assertThat(found.endpoints()).extracting(each -> each.address()).containsExactly("10.1.0.1:8080");
    }

    @Test
    void nothing_left_is_an_empty_set_that_replaces_the_one_before_whatever_the_port_P14_A9() {
        for (String port : new String[] {"http", "8080", null}) {
            Answer.Found found = found(answer(port));
            assertThat(found.endpoints()).isEmpty();
            assertThat(found.words())
                    .satisfies(words -> assertThat(words.reason()).isEqualTo(Reason.NO_ENDPOINTS));
        }
    }

    @Test
    void a_number_that_no_longer_means_one_port_everywhere_leaves_an_empty_set_with_the_role_to_add_P14() {
        Slice other = Samples.slice(Samples.json("s2", "2", Samples.endpoint("10.1.0.2", "{ready: true}"))
                .replace("8080", "9090"));
        Answer.Found found =
                found(answer("8080", Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{ready: true}")), other));
        assertThat(found.endpoints()).isEmpty();
        assertThat(found.words()).satisfies(words -> {
            assertThat(words.reason()).isEqualTo(Reason.FORBIDDEN);
            assertThat(words.text()).contains("name the port", "add this Role");
        });
    }
}
