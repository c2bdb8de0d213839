package io.inmesh.balancer.testing;

import io.inmesh.api.Verdict;
import io.inmesh.balancer.state.CountedTrial;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import java.time.Duration;

/** What a source of health may say, where nobody asks why. */
public final class Words {
    private Words() {}

    /** A word by which an endpoint is that; on trial it has room for one. */
    public static Word of(Member.Health health) {
        return switch (health) {
            case HEALTHY -> Word.HEALTHY;
            case TRIAL -> Word.onTrial(new CountedTrial(1, outcome -> {}), "a test tries it");
            case EJECTED -> Word.out("a test ejected it", Duration.ofSeconds(30));
            case UNREACHABLE ->
                new Word(new Verdict(Verdict.Kind.UNREACHABLE, "a test cut it off"), null, Duration.ZERO);
        };
    }
}
