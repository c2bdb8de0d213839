package io.inmesh.resolver.kubernetes.proof;

import static io.inmesh.resolver.kubernetes.proof.Rig.ONE;
import static io.inmesh.resolver.kubernetes.proof.Rig.THREE;
import static io.inmesh.resolver.kubernetes.proof.Rig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.GoneForm;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Something goes wrong for a while, and one pod replaces another meanwhile. In every case what was known stays in use as long as
 * nothing better is (rule W-12), no endpoint that lives is lost on the way, none that is gone is left afterwards, and the time from
 * the end of the fault to the right set is bounded.
 */
class FaultRecoveryTest {
    private static final Duration NONE = Duration.ZERO;
    private static final Duration QUICK = Duration.ofSeconds(2);

    /**
     * A fault.
     *
     * @param name what it is, with the rules
     * @param strike begins it
     * @param lasts for how long it is left alone
     * @param heal ends it
     * @param within the longest time from there to the right set
     * @param reason what must have been told while it lasted, or null if it is no trouble
     */
    private record Case(
            String name,
            Consumer<Rig> strike,
            Duration lasts,
            Consumer<Rig> heal,
            Duration within,
            @Nullable Reason reason) {}

    private static Stream<Case> cases() {
        Consumer<Rig> nothing = rig -> {};
        return Stream.of(
                new Case("a connection reset (W-2)", rig -> rig.network.cut(), NONE, nothing, QUICK, null),
                new Case(
                        "a watch cut in the middle of a line (W-1, W-2)",
                        rig -> rig.api.watches().cut(ApiRequest::any),
                        NONE,
                        nothing,
                        QUICK,
                        null),
                new Case(
                        "a watch that ends in the orderly way (W-4)",
                        rig -> rig.api.watches().end(ApiRequest::any),
                        NONE,
                        nothing,
                        QUICK,
                        null),
                new Case(
                        "a half-open connection (W-13)",
                        rig -> rig.network.halfOpen(),
                        Duration.ofSeconds(60),
                        nothing,
                        Duration.ofSeconds(15).plus(QUICK),
                        null),
                new Case(
                        "a silent watch (W-13)",
                        rig -> rig.api.watches().silence(ApiRequest::any),
                        Duration.ofSeconds(60),
                        nothing,
                        Duration.ofSeconds(15).plus(QUICK),
                        null),
                new Case(
                        "410 inside a 200 stream (W-5)",
                        rig -> rig.api.watches().fail(ApiRequest::any, Fault.status(410)),
                        NONE,
                        nothing,
                        QUICK,
                        null),
                new Case(
                        "a version too old after an outage, said by an event (W-5)",
                        rig -> tooOld(rig, GoneForm.ERROR_EVENT),
                        Duration.ofSeconds(3),
                        rig -> rig.network.accept(),
                        QUICK,
                        Reason.NOT_SYNCED),
                new Case(
                        "a version too old after an outage, said by the status (W-5)",
                        rig -> tooOld(rig, GoneForm.HTTP_STATUS),
                        Duration.ofSeconds(3),
                        rig -> rig.network.accept(),
                        QUICK,
                        Reason.NOT_SYNCED),
                answered("401 (W-10)", Fault.status(401), Duration.ofSeconds(5), QUICK, Reason.NOT_SYNCED),
                answered(
                        "403 (W-10: retried slowly)",
                        Fault.status(403),
                        Duration.ofSeconds(40),
                        Duration.ofSeconds(30).plus(QUICK),
                        Reason.FORBIDDEN),
                answered(
                        "403 for a moment, then served (W-10: what was served before is asked again soon)",
                        Fault.status(403),
                        Duration.ofSeconds(1),
                        QUICK,
                        Reason.FORBIDDEN),
                answered(
                        "404 (W-10: retried slowly)",
                        Fault.status(404),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30).plus(QUICK),
                        Reason.NOT_SYNCED),
                answered(
                        "429 with Retry-After (W-10)",
                        Fault.status(429, Duration.ofSeconds(7)),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(7).plus(QUICK),
                        Reason.NOT_SYNCED),
                answered(
                        "503 with Retry-After (W-10)",
                        Fault.status(503, Duration.ofSeconds(4)),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(4).plus(QUICK),
                        Reason.NOT_SYNCED),
                answered("500 (W-11)", Fault.status(500), Duration.ofSeconds(5), QUICK, Reason.NOT_SYNCED),
                new Case(
                        "500 in an ERROR event (W-10)",
                        rig -> rig.api.watches().fail(ApiRequest::any, Fault.status(500)),
                        NONE,
                        nothing,
                        QUICK,
                        null),
                answered(
                        "no answer at all",
                        Fault.hang(),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(35).plus(QUICK),
                        null),
                answered("connections that break at once", Fault.disconnect(), Duration.ofSeconds(5), QUICK, null),
                new Case(
                        "connections refused for a moment",
                        Rig::isolate,
                        Duration.ofSeconds(5),
                        rig -> rig.network.accept(),
                        QUICK,
                        Reason.NOT_SYNCED),
                new Case(
                        "an API that is down for ten minutes (W-11, W-12)",
                        rig -> rig.api.stop(),
                        Duration.ofMinutes(10),
                        rig -> rig.api.start(),
                        Duration.ofMinutes(1).plus(QUICK),
                        Reason.NOT_SYNCED));
    }

    private static Case answered(String name, Fault fault, Duration lasts, Duration within, @Nullable Reason reason) {
        return new Case(
                name,
                rig -> {
                    rig.api.faults().always(ApiRequest::any, fault);
                    rig.api.watches().cut(ApiRequest::any);
                },
                lasts,
                rig -> rig.api.faults().clear(),
                within,
                reason);
    }

    private static void tooOld(Rig rig, GoneForm form) {
        rig.api.goneForm(form);
        rig.isolate();
    }

    @TestFactory
    Stream<DynamicTest> after_every_fault_the_set_is_right_again_in_time_and_never_lost_what_lives() {
        return cases().map(each -> DynamicTest.dynamicTest(each.name(), () -> strikeAndRecover(each)));
    }

    private static void strikeAndRecover(Case fault) {
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            fault.strike().accept(rig);
            Reason reason = fault.reason();
            if (reason != null) {
                rig.until("told: " + reason, () -> rig.told.heardOf(reason));
            }
            rig.replaceOneByThree();
            if (fault.name().contains("too old")) {
                rig.api.compact();
            }
            rig.pass(fault.lasts());
            if (!fault.lasts().isZero()) {
                assertThat(rig.told.usable()).as("while it lasts").containsExactly(ONE, TWO);
            }
            fault.heal().accept(rig);
            Duration took = rig.untilUsable(TWO, THREE);
            rig.assertNeverLost(TWO);
            assertThat(took).as("recovery").isLessThanOrEqualTo(fault.within());
            if (reason == null) {
                assertThat(rig.told.heardOf(Reason.FORBIDDEN)).isFalse();
            }
        }
    }
}
