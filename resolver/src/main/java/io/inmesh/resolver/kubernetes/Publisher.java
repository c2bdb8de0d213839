package io.inmesh.resolver.kubernetes;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver.Listener;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.Sayings.Saying;
import io.inmesh.resolver.kubernetes.rule.Answer;
import io.inmesh.resolver.kubernetes.snapshot.Snapshot;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener what is different in an answer from what was told before (rule A-13), and people what they should mend. An outage is
 * told and empties nothing (rule W-12). Two trouble messages with nothing but a wait between them are one: the situation counts as
 * told until something else was.
 *
 * <p>Threads: the lane.
 */
final class Publisher {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    private final String what;
    private final String about;
    private final EarlierLife earlier;
    private final Sayings sayings;

    private long revision;
    private @Nullable EndpointSet toldSet; // What was told last, if it was a set.
    private @Nullable Unresolved toldReason; // What was told last, if it was a fact that replaces a set.
    private Set<Saying> said = Set.of(); // To people, about the last answer; entered among those of the service.
    private String explained = ""; // Likewise: the way in.
    private @Nullable Trouble toldTrouble; // What hinders at present, if it was told.

    /**
     * Nothing was told yet.
     *
     * @param what the target in words, for texts
     * @param about the service, whatever its port, likewise
     * @param earlier what an earlier life of the process knew of it
     * @param sayings what others tell people
     */
    Publisher(String what, String about, EarlierLife earlier, Sayings sayings) {
        this.what = what;
        this.about = about;
        this.earlier = earlier;
        this.sayings = sayings;
    }

    /**
     * One evaluation's answer.
     *
     * @param triggered when that happened which the answer tells of, or null if unsaid (rule A-15)
     */
    void tellOnLane(Listener hearing, Answer answer, @Nullable Instant triggered) {
        sayOnLane(answer);
        if (answer.result() == null && earlier.isAwaitedOnLane()) {
            return; // Whatever hinders is told behind the set of before.
        }
        Trouble trouble = answer.trouble();
        Snapshot kept = answer.result() == null ? earlier.takeOnLane(trouble != null) : null;
        if (kept != null) {
            tellOnLane(hearing, kept);
            toldTrouble = null; // A set alone says that there is none.
        }
        Trouble before = toldTrouble;
        // That a trouble is over, a listener learns by hearing the state again, even if it is the one known; where
        // there is nothing to tell yet, later.
        boolean repeat = before != null && trouble == null;
        toldTrouble = repeat && answer.result() == null ? before : trouble;
        if (answer.result() instanceof Answer.Found known) {
            tellOnLane(hearing, known, answer, triggered, repeat);
        } else if (answer.result() instanceof Answer.None none) {
            tellOnLane(hearing, none.unresolved(), repeat);
        }
        if (trouble != null && (before == null || !before.situation().equals(trouble.situation()))) {
            warnOnLane(trouble);
            hearing.onUnresolved(new Unresolved(trouble.reason(), what + ": " + trouble.text()));
        }
    }

    /** The API is up and says no: only people can mend that, and nothing fails that they see as long as a set of before serves. */
    private void warnOnLane(Trouble trouble) {
        if (toldSet != null && trouble.isForbidden()) {
            String which = toldSet.stale() ? "kept by an earlier life of this process" : "known so far";
            int count = toldSet.endpoints().size();
            log.warn("{}: the {} endpoints {} stay in use: {}", what, count, which, trouble.text());
        }
    }

    private void tellOnLane(Listener hearing, Snapshot kept) {
        EndpointSet set = kept.set();
        log.info(
                "{}: the {} endpoints known on {} are used until the API server has answered",
                what,
                set.endpoints().size(),
                kept.written());
        revision++;
        toldSet = new EndpointSet(set.facts(), revision, set.endpoints(), set.nothingUsable(), true, null);
        hearing.onUpdate(toldSet);
    }

    private void tellOnLane(
            Listener hearing, Answer.Found known, Answer answer, @Nullable Instant triggered, boolean repeat) {
        EndpointSet set = new EndpointSet(
                known.facts(), revision + 1, known.endpoints(), known.words(), false, triggered, answer.warnings());
        EndpointSet before = toldSet;
        if (before != null && set.sameContent(before) && !repeat) {
            return;
        }
        revision++;
        toldSet = set;
        toldReason = null;
        earlier.keepOnLane(set, answer.placed());
        hearing.onUpdate(set);
    }

    private void tellOnLane(Listener hearing, Unresolved unresolved, boolean repeat) {
        if (unresolved.equals(toldReason) && !repeat) {
            return;
        }
        toldSet = null;
        toldReason = unresolved;
        if (unresolved.reason().replacesKnownSet()) {
            earlier.forgetOnLane();
        }
        hearing.onUnresolved(unresolved);
    }

    /**
     * What stays as it is, is said once, however many ports of the service are resolved; what was mended and is broken again, once more.
     * As long as nothing is concluded, what is not said again is not mended.
     */
    private void sayOnLane(Answer answer) {
        Set<Saying> now = new HashSet<>(answer.result() == null ? said : Set.of());
        for (String warning : answer.warnings()) {
            Saying saying = new Saying(about, warning);
            now.add(saying);
            if (!said.contains(saying) && sayings.enter(saying)) {
                log.warn("{}: {}", what, warning);
            }
        }
        said.stream().filter(saying -> !now.contains(saying)).forEach(sayings::leave);
        said = now;
        if (!answer.explanation().isEmpty() && !answer.explanation().equals(explained)) {
            log.info("{}: reached {}", what, answer.explanation());
        }
        explained = answer.result() == null && answer.explanation().isEmpty() ? explained : answer.explanation();
    }

    /** Nothing is told any more. */
    void closeOnLane() {
        said.forEach(sayings::leave);
        said = Set.of();
    }
}
