package io.inmesh.balancer.state;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What of a {@link Member} is about health and limits: what sources said of it, the trial that it may be on, and when pickers have to pass it over.
 *
 * <p>Threads: written on the balancer's lane; read by pickers and by requests that begin.
 */
abstract class Judged implements EndpointView {
    /** What the sources of health last said of it. Written on the balancer's lane, read there, by people and by requests that begin. */
    private volatile Word word = Word.HEALTHY;

    /** The trial that it is on, out of {@link #word}; null as nearly always. Written on the lane, read by requests that begin. */
    private volatile @Nullable Trial trial;

    /** Whether its requests are counted with those of the whole service port. Written on the lane, read by requests that begin. */
    private volatile boolean counted;

    /** That neither of these is so: what a request that begins looks at. Written on the lane, after them. */
    private volatile boolean plain = true;

    /** The trial whose room pickers ask for, which is none while nobody else is there. Written on the lane with a picker, read by that. */
    private volatile @Nullable Trial observedTrial;

    /** With so many requests in flight it is passed over. Written on the lane with a picker, read by that. */
    private volatile int cap = Integer.MAX_VALUE;

    /** Whether it has been ejected and is back; then it is new for that reason. On the lane. */
    private boolean recovered;

    /** True if it has as many requests as it may have: pickers pass it over while another one has room. On any thread. */
    public final boolean isFull() {
        Trial observed = observedTrial;
        return inFlight() >= cap || (observed != null && observed.isFull());
    }

    /** True if it has as many requests in flight as it may have, trial or not. On any thread. */
    public final boolean isAtCap() {
        return inFlight() >= cap;
    }

    /** Its health as stages see it; a door that knows of connections says more. On the lane. */
    public Member.Health health() {
        return switch (word.verdict().kind()) {
            case HEALTHY -> Member.Health.HEALTHY;
            case TRIAL -> Member.Health.TRIAL;
            case EJECTED -> Member.Health.EJECTED;
            case UNREACHABLE -> Member.Health.UNREACHABLE;
        };
    }

    @Override
    public Verdict verdict() {
        return word.verdict();
    }

    /** What all sources of health together say of it. On the lane. */
    public final void judge(Word newWord) {
        if (newWord.equals(word)) {
            return;
        }
        if (newWord.isHealthy() && !word.isHealthy()) {
            returned();
            recovered = true;
        }
        word = newWord;
        trial = newWord.trial();
        plain = trial == null && !counted;
    }

    /** Whether requests that begin from now on are counted with those of the whole service port. On the lane. */
    public final void setCounted(boolean newCounted) {
        if (counted != newCounted) {
            counted = newCounted;
            plain = trial == null && !newCounted;
        }
    }

    /**
     * What pickers made now have to heed. On the lane, before the picker that shall heed it.
     *
     * @param newCap with so many requests in flight it is full
     * @param heedsTrial whether it is full as well where the trial that it may be on is
     */
    public final void limit(int newCap, boolean heedsTrial) {
        if (cap != newCap) {
            cap = newCap;
        }
        Trial wanted = heedsTrial ? trial : null;
        if (observedTrial != wanted) {
            observedTrial = wanted;
        }
    }

    /** True if it is new because it was ejected, and not because it has just come, or could not be picked for another reason. On the lane. */
    public final boolean hasRecovered() {
        return recovered;
    }

    /** It was away and is back: from now on it counts as new. On the lane. */
    protected void returned() {
        recovered = false;
    }

    /** True if a request that begins has nothing to heed here. */
    final boolean isPlain() {
        return plain;
    }

    final @Nullable Trial trial() {
        return trial;
    }

    final boolean isCounted() {
        return counted;
    }
}
