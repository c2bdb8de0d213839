package io.inmesh.samples.quickstart;

import java.time.Duration;

/**
 * A part of the run.
 *
 * @param title its name
 * @param story what happens in it, in a line
 * @param weight how much of the run it takes, relative to the others
 * @param act makes it happen
 */
record Phase(String title, String story, int weight, Act act) {

    /** What happens while load runs. */
    @FunctionalInterface
    interface Act {
        /** Returns when the phase is over, after about that time. */
        void play(Duration length) throws InterruptedException;
    }
}
