package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks what is known for one answer, and keeps what went wrong on the way. Used once. */
final class Inquiry {
    private final Known known;
    private final Recollection recollection;
    private final List<String> warnings = new ArrayList<>();
    private String explanation = "";
    private @Nullable Trouble trouble; // The first one met: later ones mostly have the same cause.

    Inquiry(Known known, Recollection recollection) {
        this.known = known;
        this.recollection = recollection;
    }

    /** What earlier answers left behind. */
    Recollection recollection() {
        return recollection;
    }

    /** What is known of a source, or null if nothing is; a trouble with it is the answer's. */
    <T> @Nullable T value(Source<T> source) {
        Finding<T> finding = known.ask(source);
        minds(finding.trouble());
        return finding.value();
    }

    /** The same for a source that can be done without: the caller decides what its trouble means. */
    <T> Finding<T> finding(Source<T> source) {
        return known.ask(source);
    }

    /** What is known of such a source, else what was known last; null if nothing ever was. */
    <T> @Nullable T latest(Source<T> source) {
        T value = known.ask(source).value();
        return value == null ? known.before(source) : value;
    }

    /** Whether a source that can be done without, and has said nothing so far, is to be waited for. */
    boolean awaits(Source<?> source) {
        return known.ask(source).isPending() && known.mayWait();
    }

    void minds(@Nullable Trouble met) {
        if (trouble == null) {
            trouble = met;
        }
    }

    void warns(String warning) {
        warnings.add(warning);
    }

    void explains(String text) {
        explanation = text;
    }

    Answer answer(Answer.@Nullable Result result) {
        return new Answer(result, trouble, warnings, explanation);
    }
}
