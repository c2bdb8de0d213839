package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;

/**
 * A picker that can look past endpoints when it is told to, in an order of its own: the next owner of a key, the least loaded of the others. One that
 * draws at random need not be one, it is simply asked again ({@link Gate}).
 */
public interface Excluding extends Picker {

    /**
     * The same choice among the others. Where they are all there are it may be any: whoever asks looks whether it is one of them. Allocates nothing.
     */
    Choice choose(PickContext context, Exclusion exclusion);

    @Override
    default Choice choose(PickContext context) {
        return choose(context, Exclusion.of(context));
    }

    /** What that picker chooses, without these endpoints if it can look past them. */
    static Choice choose(Picker picker, PickContext context, Exclusion exclusion) {
        return picker instanceof Excluding excluding ? excluding.choose(context, exclusion) : picker.choose(context);
    }
}
