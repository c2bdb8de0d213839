package io.inmesh.balancer.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.PickContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call that were made, in that order, and whose end its caller is told. What may be made, and what each costs, is said by {@link
 * AskedAttempts}, and what becomes of them by {@link CallAttempts}: one object for all three, since every call has it.
 *
 * <p>Threads: any. Attempts are added under the lock of this, and no more once the call has ended.
 */
abstract class MadeAttempts {
    /** Written once, under this; read by picks, which have nothing to ask before there is one. */
    private volatile @Nullable CallAttempt first;

    // Guarded by this, until the call has ended.
    private List<CallAttempt> more = List.of();
    private @Nullable CallAttempt firstFailed;

    /** True if none was made yet. On any thread. */
    final boolean isEmpty() {
        return first == null;
    }

    final int size() {
        return first == null ? 0 : 1 + more.size();
    }

    /** From 0. */
    final CallAttempt at(int index) {
        CallAttempt one = first;
        return index == 0 && one != null ? one : more.get(index - 1);
    }

    final void add(CallAttempt attempt) {
        if (first == null) {
            first = attempt;
        } else {
            more = more.isEmpty() ? new ArrayList<>(2) : more;
            more.add(attempt);
        }
    }

    /** All of them, as they are now. */
    final synchronized List<CallAttempt> all() {
        CallAttempt one = first;
        if (one == null) {
            return List.of();
        }
        List<CallAttempt> all = new ArrayList<>(1 + more.size());
        all.add(one);
        all.addAll(more);
        return all;
    }

    /** The one that a fault holds up for the stream with these headers, or null. */
    final @Nullable HeldAttempt held(Metadata headers) {
        if (first == null) {
            return null;
        }
        synchronized (this) {
            for (int i = 0; i < size(); i++) {
                if (at(i) instanceof HeldAttempt held && held.isFor(headers) && !held.isOver()) {
                    return held;
                }
            }
        }
        return null;
    }

    /** What a pick is to know besides: to stay away from where the call was sent. */
    final PickContext elsewhere(PickContext origin) {
        PickContext context = origin;
        if (first != null) {
            for (CallAttempt attempt : all()) {
                context = context.withTried(attempt.endpoint());
            }
        }
        return context;
    }

    /** The stream of one was closed. */
    final void hasEnded(CallAttempt attempt) {
        if (firstFailed == null && !attempt.status().isOk()) {
            firstFailed = attempt;
        }
    }

    /** The attempt whose end the caller is told instead of such a status; null if it is his. */
    @SuppressWarnings("ReferenceEquality") // These very ones; a server may say what it likes.
    final synchronized @Nullable CallAttempt toldInsteadOf(Status status) {
        boolean ours = status == AttemptLeave.NOT_REPEATED || status == AttemptLeave.NOT_HEDGED;
        return ours ? firstFailed : null;
    }

    /** The attempt that ended with this very status, or null. */
    final @Nullable CallAttempt endedWith(Status status) {
        for (int i = 0; i < size(); i++) {
            if (at(i).endedWith(status)) {
                return at(i);
            }
        }
        return null;
    }

    /** True if one of them is not over. */
    final synchronized boolean isOpen() {
        for (int i = 0; i < size(); i++) {
            if (!at(i).isOver()) {
                return true;
            }
        }
        return false;
    }

    /** The one that ended with success, or null. */
    final synchronized @Nullable CallAttempt successful() {
        for (int i = 0; i < size(); i++) {
            if (at(i).hasSucceeded()) {
                return at(i);
            }
        }
        return null;
    }

    /** What the caller is told at the end he sees as the peer sent it. */
    final synchronized void tidy(Metadata trailers) {
        for (int i = 0; i < size(); i++) {
            at(i).tidy(trailers);
        }
    }
}
