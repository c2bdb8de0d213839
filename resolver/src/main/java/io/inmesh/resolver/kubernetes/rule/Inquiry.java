package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Right;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks what is known for one answer, and keeps what went wrong on the way. Used once. */
final class Inquiry {
    private final Known known;
    private final Recollection recollection;
    private final Function<String, List<Right>> rights;
    private final List<String> warnings = new ArrayList<>();
    private String explanation = "";
    private boolean placed;
    private @Nullable Trouble trouble; // The first one met: later ones mostly have the same cause.

    /**
     * Asks nothing yet.
     *
     * @param rights what the one who asks reads of a namespace
     */
    Inquiry(Known known, Recollection recollection, Function<String, List<Right>> rights) {
        this.known = known;
        this.recollection = recollection;
        this.rights = rights;
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
        if (trouble == null && met != null) {
            trouble = told(met);
        }
    }

    /** What is wrong, with the Role to add if there is one, for the one who asks (rule R-6). */
    String text(Trouble met) {
        return told(met).text();
    }

    private Trouble told(Trouble met) {
        Right missing = met.missing();
        return missing == null ? met : met.toldTo(rights.apply(missing.namespace()));
    }

    void warns(String warning) {
        warnings.add(warning);
    }

    /** The client's node or zone has a say in the answer. */
    void goesByPlace() {
        placed = true;
    }

    void explains(String text) {
        explanation = text;
    }

    Answer answer(Answer.@Nullable Result result) {
        return new Answer(result, trouble, warnings, explanation, placed);
    }
}
