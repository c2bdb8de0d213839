package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a test says is known, and what was asked for; anything else is pending. */
final class Findings implements Known {
    private final Map<Source<?>, Finding<?>> findings = new HashMap<>();
    private final Set<Source<?>> asked = new LinkedHashSet<>();

    <T> Findings with(Source<T> source, T value) {
        findings.put(source, Finding.of(value));
        return this;
    }

    Findings with(Source<?> source, Trouble trouble) {
        findings.put(source, Finding.pending().withTrouble(trouble));
        return this;
    }

    /** Everything that was asked for, in order. */
    Set<Source<?>> asked() {
        return asked;
    }

    @Override
    @SuppressWarnings("unchecked") // Put under a source of the same type.
    public <T> Finding<T> ask(Source<T> source) {
        asked.add(source);
        return (Finding<T>) findings.getOrDefault(source, Finding.pending());
    }

    @Override
    public <T> @Nullable T before(Source<T> source) {
        return null;
    }

    @Override
    public boolean mayWait() {
        return true;
    }
}
