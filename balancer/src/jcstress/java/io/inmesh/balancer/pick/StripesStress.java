package io.inmesh.balancer.pick;

import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** No turn is given twice and none is left out, whether threads share a cell or move apart. */
public final class StripesStress {
    private StripesStress() {}

    /** One cell: one exact sequence. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0, 1, 2", "1, 0, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a turn twice or left out")
    public static class OneCell {
        private final Stripes sequence = new Stripes(1, () -> 0);

        /** A turn. */
        @Actor
        public void one(III_Result r) {
            r.r1 = (int) sequence.getAndAdd(1);
        }

        /** Another. */
        @Actor
        public void other(III_Result r) {
            r.r2 = (int) sequence.getAndAdd(1);
        }

        /** The next. */
        @Arbiter
        public void next(III_Result r) {
            r.r3 = (int) sequence.getAndAdd(1);
        }
    }

    /** Two cells, the one from 0 forwards, the other from 2^62 backwards: two turns of each thread, from whichever cell it comes to. */
    @JCStressTest
    @State
    @Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "four turns, and no gap on either cell")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a turn twice or left out")
    public static class TwoCells {
        private static final long FAR = 1L << 62;

        private final Stripes sequence = new Stripes(2, () -> 0);
        private final long[] turns = new long[4];

        /** Two turns. */
        @Actor
        public void one() {
            turns[0] = sequence.getAndAdd(1);
            turns[1] = sequence.getAndAdd(1);
        }

        /** Two more. */
        @Actor
        public void other() {
            turns[2] = sequence.getAndAdd(1);
            turns[3] = sequence.getAndAdd(1);
        }

        /** How many different turns there were, and how many turns the cells have moved on by. */
        @Arbiter
        public void count(II_Result r) {
            r.r1 = (int) Arrays.stream(turns).distinct().count();
            long ahead = Arrays.stream(turns).filter(turn -> turn < FAR / 2).max().orElse(-1);
            long back = Arrays.stream(turns).filter(turn -> turn > FAR / 2).min().orElse(FAR + 1);
            r.r2 = (int) (ahead + 1 + FAR + 1 - back);
        }
    }
}
