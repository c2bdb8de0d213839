package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Ledger.Totals SAFE = new Ledger.Totals(10_080, 10_080, 0);
    private static final Ledger.Totals UNSAFE = new Ledger.Totals(1_120, 1_120, 0);
    private static final Comparison AGREES =
            new Comparison(new PodPort("orders-1", Door.HTTP), false, 11_200, 11_200, 11_200);

    private static Verdict verdict(Ledger.Totals safe, Ledger.Totals unsafe, Comparison comparison) {
        return new Verdict(safe, unsafe, 2, 30, null, List.of(comparison));
    }

    private static String lastLine(Verdict verdict) {
        List<String> lines = verdict.lines();
        return lines.get(lines.size() - 1);
    }

    @Test
    void all_is_well_if_nothing_was_lost_and_the_counts_agree() {
        Verdict verdict = verdict(SAFE, UNSAFE, AGREES);

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.lines())
                .containsExactly(
                        "  requests               sent   answered       lost",
                        "  safe to repeat       10,080     10,080          0",
                        "  unsafe to repeat      1,120      1,120          0",
                        "  sent again to another endpoint: grpc 2, http 30",
                        "",
                        "OK: 11,200 requests, 0 lost, counts agree");
    }

    @Test
    void an_unsafe_request_may_be_lost() {
        Verdict verdict = verdict(SAFE, new Ledger.Totals(1_120, 1_119, 1), AGREES);

        assertThat(verdict.isGood()).isTrue();
        assertThat(lastLine(verdict))
                .isEqualTo("OK: 11,200 requests, 0 safe ones lost, 1 unsafe lost (perhaps processed, so not repeated),"
                        + " counts agree");
    }

    @Test
    void a_safe_request_may_not() {
        Verdict verdict = verdict(new Ledger.Totals(10_080, 10_079, 1), UNSAFE, AGREES);

        assertThat(verdict.isGood()).isFalse();
        assertThat(lastLine(verdict)).isEqualTo("FAILED: 11,200 requests, 1 lost, counts agree");
    }

    @Test
    void counts_that_do_not_agree_are_named() {
        Comparison disagrees = new Comparison(new PodPort("orders-1", Door.HTTP), false, 5, 5, 4);
        Verdict verdict = verdict(SAFE, UNSAFE, disagrees);

        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lines())
                .contains("  " + disagrees.disagreement().orElseThrow())
                .endsWith("FAILED: 11,200 requests, 0 lost, counts do not agree");
    }

    @Test
    void a_request_that_neither_was_answered_nor_lost_is_missed() {
        Verdict verdict = verdict(new Ledger.Totals(10, 9, 0), UNSAFE, AGREES);

        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lines()).contains("  sent 10, answered 9, lost 0 (expected: sent = answered + lost)");
    }

    @Test
    void a_run_that_sent_nothing_proves_nothing() {
        Ledger.Totals none = new Ledger.Totals(0, 0, 0);

        assertThat(new Verdict(none, none, 0, 0, null, List.of()).isGood()).isFalse();
    }
}
