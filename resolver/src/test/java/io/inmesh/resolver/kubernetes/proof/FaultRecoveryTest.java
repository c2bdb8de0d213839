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
    private static final Duration QUICK = Rig.QUICK_TRY;
    private static final Duration STEADY = Rig.STEADY_TRY;
    private static final Duration SLOWLY = Duration.ofSeconds(30);
    private static final int MOST_REQUESTS = 20;

    /**
     * A fault.
     *
     * @param name what it is, with the rules
     * @param strike begins it
     * @param lasts for how long it is left alone
     * @param heal ends it
     * @param watchdog what is left of a limit to silence then
     * @param longestWait the longest wait before a try that may follow
     * @param reason what must have been told while it lasted, or null if it is no trouble
     */
    private record Case(
            String name,
            Consumer<Rig> strike,
            Duration lasts,
            Consumer<Rig> heal,
            Duration watchdog,
            Duration longestWait,
            @Nullable Reason reason) {

        /** Nobody can learn anything while it lasts. */
        boolean blinds(Way way) {
            return !lasts.isZero() && !(way == Way.SWITCHING && sparesNewcomers());
        }

        /** It strikes what is open and nothing else. */
        private boolean sparesNewcomers() {
            return !watchdog.isZero() && reason == null && !name.contains("no answer");
        }

        /** The longest wait before a try; whoever is forbidden at the very first one asks again slowly (rule W-10). */
        Duration longestWait(Way way) {
            return way != Way.ALONE && reason == Reason.FORBIDDEN ? SLOWLY : longestWait;
        }

        Duration within(Way way) {
            return watchdog.plus(longestWait(way)).plus(Rig.SOON);
        }

        /** Long waits pass in larger steps. */
        Duration step(Way way) {
            boolean quick = watchdog.isZero() && longestWait(way).compareTo(Rig.STEADY_TRY) <= 0;
            return quick ? Duration.ofMillis(50) : Duration.ofMillis(200);
        }
    }

    /** Over which watches. */
    private enum Way {
        /** The service has its own. */
        ALONE,
        /** Two services share one pair. */
        SHARED,
        /** When it strikes, a second service has just come and what both will share has just been asked for. */
        SWITCHING
    }

    private static Stream<Case> cases() {
        Consumer<Rig> nothing = rig -> {};
        return Stream.of(
                new Case("a connection reset (W-2)", rig -> rig.network.cut(), NONE, nothing, NONE, QUICK, null),
                new Case(
                        "a watch cut in the middle of a line (W-1, W-2)",
                        rig -> rig.api.watches().cut(ApiRequest::any),
                        NONE,
                        nothing,
                        NONE,
                        QUICK,
                        null),
                new Case(
                        "a watch that ends in the orderly way (W-4)",
                        rig -> rig.api.watches().end(ApiRequest::any),
                        NONE,
                        nothing,
                        NONE,
                        QUICK,
                        null),
                new Case(
                        "a half-open connection (W-13)",
                        rig -> rig.network.halfOpen(),
                        Duration.ofSeconds(60),
                        nothing,
                        Duration.ofSeconds(15),
                        QUICK,
                        null),
                new Case(
                        "a silent watch (W-13)",
                        rig -> rig.api.watches().silence(ApiRequest::any),
                        Duration.ofSeconds(60),
                        nothing,
                        Duration.ofSeconds(15),
                        QUICK,
                        null),
                new Case(
                        "410 inside a 200 stream (W-5)",
                        rig -> rig.api.watches().fail(ApiRequest::any, Fault.status(410)),
                        NONE,
                        nothing,
                        NONE,
                        QUICK,
                        null),
                new Case(
                        "a version too old after an outage, said by an event (W-5)",
                        rig -> tooOld(rig, GoneForm.ERROR_EVENT),
                        Duration.ofSeconds(3),
                        rig -> rig.network.accept(),
                        NONE,
                        STEADY,
                        Reason.NOT_SYNCED),
                new Case(
                        "a version too old after an outage, said by the status (W-5)",
                        rig -> tooOld(rig, GoneForm.HTTP_STATUS),
                        Duration.ofSeconds(3),
                        rig -> rig.network.accept(),
                        NONE,
                        STEADY,
                        Reason.NOT_SYNCED),
                answered("401 (W-10)", Fault.status(401), Duration.ofSeconds(5), STEADY, Reason.NOT_SYNCED),
                answered(
                        "403 (W-10: retried slowly)",
                        Fault.status(403),
                        Duration.ofSeconds(40),
                        SLOWLY,
                        Reason.FORBIDDEN),
                answered(
                        "403 for a moment, then served (W-10: what was served before is asked again soon)",
                        Fault.status(403),
                        Duration.ofSeconds(1),
                        STEADY,
                        Reason.FORBIDDEN),
                answered(
                        "404 (W-10: retried slowly)",
                        Fault.status(404),
                        Duration.ofSeconds(5),
                        SLOWLY,
                        Reason.NOT_SYNCED),
                answered(
                        "429 with Retry-After (W-10)",
                        Fault.status(429, Duration.ofSeconds(7)),
                        Duration.ofSeconds(1),
                        withJitter(7),
                        Reason.NOT_SYNCED),
                answered(
                        "503 with Retry-After (W-10)",
                        Fault.status(503, Duration.ofSeconds(4)),
                        Duration.ofSeconds(1),
                        withJitter(4),
                        Reason.NOT_SYNCED),
                answered("500 (W-11)", Fault.status(500), Duration.ofSeconds(5), STEADY, Reason.NOT_SYNCED),
                new Case(
                        "500 in an ERROR event (W-10)",
                        rig -> rig.api.watches().fail(ApiRequest::any, Fault.status(500)),
                        NONE,
                        nothing,
                        NONE,
                        QUICK,
                        null),
                answered("no answer at all", Fault.hang(), Duration.ofSeconds(20), QUICK, null),
                answered("connections that break at once", Fault.disconnect(), Duration.ofSeconds(5), STEADY, null),
                new Case(
                        "connections refused for a moment",
                        Rig::isolate,
                        Duration.ofSeconds(5),
                        rig -> rig.network.accept(),
                        NONE,
                        STEADY,
                        Reason.NOT_SYNCED),
                new Case(
                        "an API that is down for ten minutes (W-11, W-12)",
                        rig -> rig.api.stop(),
                        Duration.ofMinutes(10),
                        rig -> rig.api.start(),
                        NONE,
                        Duration.ofMinutes(1),
                        Reason.NOT_SYNCED));
    }

    /** What a server asks for, and up to a quarter more. */
    private static Duration withJitter(int seconds) {
        return Duration.ofMillis(1250L * seconds);
    }

    private static Case answered(
            String name, Fault fault, Duration lasts, Duration longestWait, @Nullable Reason reason) {
        return new Case(
                name,
                rig -> {
                    rig.api.faults().always(ApiRequest::any, fault);
                    rig.api.watches().cut(ApiRequest::any);
                },
                lasts,
                rig -> rig.api.faults().clear(),
                fault instanceof Fault.Hang ? Duration.ofSeconds(35).minus(lasts) : NONE,
                longestWait,
                reason);
    }

    private static void tooOld(Rig rig, GoneForm form) {
        rig.api.goneForm(form);
        rig.isolate();
    }

    @TestFactory
    Stream<DynamicTest> after_every_fault_the_set_is_right_again_in_time_and_never_lost_what_lives() {
        return tests(Way.ALONE);
    }

    @TestFactory
    Stream<DynamicTest> the_same_holds_for_services_that_share_one_watch_W14() {
        return tests(Way.SHARED);
    }

    @TestFactory
    Stream<DynamicTest> the_same_holds_while_single_watches_are_exchanged_for_a_shared_one_W14() {
        return tests(Way.SWITCHING);
    }

    private static Stream<DynamicTest> tests(Way way) {
        return cases().map(each -> DynamicTest.dynamicTest(each.name(), () -> strikeAndRecover(each, way)));
    }

    private static Rig started(Way way) {
        Rig rig = way == Way.ALONE ? new Rig() : Rig.shared();
        switch (way) {
            case ALONE -> rig.startAndSync();
            case SHARED -> rig.startBothAndSync();
            case SWITCHING -> {
                rig.startAndSync();
                rig.startCarts();
            }
        }
        return rig;
    }

    private static void strikeAndRecover(Case fault, Way way) {
        try (Rig rig = started(way)) {
            suffer(rig, fault, fault.blinds(way));
            rig.forgetWaits();
            rig.api.forgetRequests();
            rig.expectReplacement();
            fault.heal().accept(rig);
            Duration took = rig.untilUsable(fault.step(way), TWO, THREE);
            rig.assertWaitedAtMost(fault.longestWait(way));
            assertThat(rig.api.requests()).as("requests of the recovery").hasSizeLessThan(MOST_REQUESTS);
            assertThat(took).as("recovery").isLessThanOrEqualTo(fault.within(way));
            assertThat(rig.told.heardOf(Reason.FORBIDDEN)).isEqualTo(fault.reason() == Reason.FORBIDDEN);
        }
    }

    /** Each set is checked as it comes: nothing may be told of what changes where nobody can learn of it. */
    private static void suffer(Rig rig, Case fault, boolean blinded) {
        fault.strike().accept(rig);
        Reason reason = fault.reason();
        if (reason != null) {
            rig.until("told: " + reason, () -> rig.told.heardOf(reason));
        }
        if (blinded) {
            rig.replaceUnseen();
        } else {
            rig.replaceOneByThree();
        }
        if (fault.name().contains("too old")) {
            rig.api.compact();
        }
        rig.pass(fault.lasts());
        if (blinded) {
            assertThat(rig.told.usable()).as("while it lasts").containsExactly(ONE, TWO);
            assertThat(rig.told.strays()).as("told while it lasts").isEmpty();
        }
    }
}
