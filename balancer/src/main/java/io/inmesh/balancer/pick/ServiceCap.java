package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import java.util.function.IntSupplier;

/**
 * Turns requests down while as many run as may (balancing rule 5.22). Threads that choose at the same moment may begin a few more.
 *
 * <p>Cost: one read of a counter.
 */
public final class ServiceCap implements Picker {
    private final Picker inner;
    private final IntSupplier running;
    private final int cap;
    private final Rejection full;

    /**
     * Around that picker.
     *
     * @param running how many run now
     * @param cap how many may, at least 1
     * @param full what the others are told
     */
    public ServiceCap(Picker inner, IntSupplier running, int cap, Rejection full) {
        this.inner = inner;
        this.running = running;
        this.cap = cap;
        this.full = full;
    }

    @Override
    public Choice choose(PickContext context) {
        return running.getAsInt() < cap ? inner.choose(context) : full;
    }

    @Override
    public String toString() {
        return "ServiceCap[" + cap + ", " + inner + "]";
    }
}
