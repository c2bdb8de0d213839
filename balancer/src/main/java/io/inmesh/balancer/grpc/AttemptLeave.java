package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.inmesh.balancer.budget.ServiceBudget.Hedging;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which further attempts of a call may be made, and its account with the budget. A repeat of what has failed is withdrawn, unless it is the call's first
 * after nothing was sent; a hedge is withdrawn as well, and held against the limit of hedges. Where there is no leave gRPC is told so in a way that
 * ends what has to end: a repeat is dropped, and with it the call; an attempt beside others fails in a way that is not fatal for those.
 *
 * <p>A pick may be asked for the same attempt again, when no stream came of it: leave that was given holds until it is used.
 *
 * <p>Threads: one at a time, under the lock of its call.
 */
final class AttemptLeave {
    /** What is told of an attempt beside others that is not made. */
    static final Status NOT_HEDGED = Status.UNAVAILABLE.withDescription(
            "not sent to a second endpoint: nobody else is there, or the service's budget or its limit of hedges is used up");

    /** What is told of a repeat that is not made; the caller is told why the attempt before it failed. */
    static final Status NOT_REPEATED = Status.UNAVAILABLE.withDescription(
            "not sent again: the budget of the service is used up, or the attempts of the call are");

    /** Of an attempt beside others: it fails, and they go on. */
    static final PickResult NONE_BESIDE = PickResult.withError(NOT_HEDGED);

    /** Of a repeat: it ends the call, whether or not that waits for ready. */
    private static final PickResult NO_REPEAT = PickResult.withDrop(NOT_REPEATED);

    /** How many attempts were made before, as gRPC tells servers (gRFC A6). Hedges and repeats have numbers of their own, transparent ones have not. */
    private static final Metadata.Key<String> PREVIOUS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    /** gRPC makes five attempts at most, or as many as its user allows. */
    private static final int MOST = 100;

    private final CallTerms terms;
    private final boolean hedging;
    private final List<Grant> grants = new ArrayList<>(1);
    private int unsentRepeats;

    /**
     * What the caller of a pick is told.
     *
     * @param told null if the attempt may be made
     * @param why what observers are told, or null if nothing
     */
    record Answer(@Nullable PickResult told, @Nullable Withheld why) {
        static final Answer GRANTED = new Answer(null, null);

        /** Nothing is lost. */
        static final Answer NEEDLESS = new Answer(NONE_BESIDE, null);

        /** There were as many as there may be. */
        static final Answer ENOUGH = new Answer(NO_REPEAT, null);
    }

    /**
     * Leave for an attempt.
     *
     * @param number its number
     * @param again whether it is one more with that number, because gRPC knows that the one before was not processed
     * @param repeats the attempt that it makes good for; null if it is a hedge
     * @param withdrawn whether the budget is to hear of its end
     */
    record Grant(int number, boolean again, @Nullable CallAttempt repeats, boolean withdrawn) {}

    AttemptLeave(CallTerms terms, boolean hedging) {
        this.terms = terms;
        this.hedging = hedging;
    }

    /** The number of the attempt with these headers, from 0. */
    static int numberOf(Metadata headers) {
        String said = headers.get(PREVIOUS);
        try {
            int number = said == null ? 0 : Integer.parseInt(said);
            return number > 0 && number < MOST ? number : 0;
        } catch (NumberFormatException e) {
            return 0; // Not gRPC's: some application has put it there, as it has a number that gRPC does not reach.
        }
    }

    /** What an application passes on from another call is not this call's. */
    static void forgetOthers(Metadata headers) {
        headers.discardAll(PREVIOUS);
    }

    /** Whether one with that number was made before. */
    static boolean isAgain(int number, List<CallAttempt> attempts) {
        return attempts.stream().anyMatch(attempt -> attempt.number() == number);
    }

    /** Whether that attempt may be made there, after these. */
    Answer ask(int number, Member there, List<CallAttempt> attempts) {
        boolean again = isAgain(number, attempts);
        if (grants.stream().anyMatch(grant -> grant.number == number && grant.again == again)) {
            return Answer.GRANTED;
        }
        boolean others = areOthers(attempts);
        if (attempts.size() + grants.size() >= most(again)) {
            return others ? Answer.NEEDLESS : Answer.ENOUGH;
        }
        CallAttempt failed = failedBefore(number, again, attempts);
        return failed == null && others && hedging
                ? hedge(number, there, attempts)
                : repeat(new Grant(number, again, failed, !isFree(failed)), others);
    }

    /** How many there are at most. What gRPC repeats by itself it does not count; calls that have no repeats otherwise have one of those. */
    private int most(boolean again) {
        int attempts = terms.config().retry().attempts();
        return again ? Math.max(attempts, 2) : attempts;
    }

    /** Whether another attempt runs, or is about to. */
    boolean areOthers(List<CallAttempt> attempts) {
        return !grants.isEmpty() || attempts.stream().anyMatch(attempt -> !attempt.isOver());
    }

    /** The attempt that has failed, and that none was made for yet. */
    private @Nullable CallAttempt failedBefore(int number, boolean again, List<CallAttempt> attempts) {
        CallAttempt found = null;
        for (CallAttempt attempt : attempts) {
            boolean meant = !again || attempt.number() == number;
            if (meant
                    && attempt.isOver()
                    && attempt.hasFailed()
                    && grants.stream().noneMatch(grant -> grant.repeats == attempt)
                    && attempts.stream().noneMatch(each -> each.repeats() == attempt)) {
                found = attempt;
            }
        }
        return found;
    }

    private boolean isFree(@Nullable CallAttempt failed) {
        return failed != null && !failed.wasSent() && unsentRepeats == 0;
    }

    private Answer repeat(Grant wanted, boolean others) {
        if (wanted.withdrawn && !terms.retries().tryWithdraw()) {
            PickResult told = others ? NONE_BESIDE : NO_REPEAT;
            return new Answer(told, Withheld.BUDGET);
        }
        if (!wanted.withdrawn) {
            unsentRepeats++;
        }
        grants.add(wanted);
        return Answer.GRANTED;
    }

    private Answer hedge(int number, Member there, List<CallAttempt> attempts) {
        boolean tried = attempts.stream().anyMatch(attempt -> attempt.isAt(there));
        long running =
                grants.size() + attempts.stream().filter(each -> !each.isOver()).count();
        boolean limited = terms.config().hedge().isOn();
        if (tried || (limited && running >= terms.config().hedge().attempts())) {
            return Answer.NEEDLESS; // Asking the same one twice would not be quicker.
        }
        Hedging answer = limited ? terms.terms().budget().tryHedge() : withdrawn();
        return switch (answer) {
            case GRANTED -> {
                grants.add(new Grant(number, false, null, true));
                yield Answer.GRANTED;
            }
            case LIMIT_REACHED -> new Answer(NONE_BESIDE, Withheld.HEDGE_LIMIT);
            case BUDGET_USED_UP -> new Answer(NONE_BESIDE, Withheld.BUDGET);
        };
    }

    /** For an attempt that took too long: the limit of hedges is for those who would rather not wait. */
    private Hedging withdrawn() {
        return terms.retries().tryWithdraw() ? Hedging.GRANTED : Hedging.BUDGET_USED_UP;
    }

    /** That attempt is made now, after these; null if it had no leave, as where another picker placed it. */
    @Nullable
    Grant take(int number, List<CallAttempt> attempts) {
        boolean again = isAgain(number, attempts);
        for (Grant grant : grants) {
            if (grant.number == number && grant.again == again) {
                grants.remove(grant);
                return grant;
            }
        }
        return null;
    }

    /** That attempt has leave, and is not made. */
    void giveBack(int number, List<CallAttempt> attempts) {
        Grant grant = take(number, attempts);
        if (grant != null && grant.withdrawn) {
            terms.retries().returned();
        } else if (grant != null) {
            unsentRepeats--;
        }
    }

    /** What has leave is not made any more. */
    void end() {
        for (Grant grant : grants) {
            if (grant.withdrawn) {
                terms.retries().returned();
            }
        }
        grants.clear();
    }
}
