package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a user reads instead of a stack trace when an application does not start. */
final class FailureTexts {
    private FailureTexts() {}

    /** Starts, expects that to fail, and gives the innermost cause. */
    static Throwable rootOf(ApplicationContextRunner context) {
        Throwable[] failure = new Throwable[1];
        context.run(started -> failure[0] = started.getStartupFailure());
        assertThat(failure[0]).isNotNull();
        return NestedExceptionUtils.getMostSpecificCause(failure[0]);
    }

    /** Starts, expects that to fail, and asks the analyzers as Boot does. */
    static FailureAnalysis of(ApplicationContextRunner context) {
        Throwable[] failure = new Throwable[1];
        context.run(started -> failure[0] = started.getStartupFailure());
        assertThat(failure[0]).isNotNull();
        List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation(
                        FailureTexts.class.getClassLoader())
                .load(FailureAnalyzer.class, SpringFactoriesLoader.ArgumentResolver.none(), (type, name, error) -> {});
        return analyzers.stream()
                .map(analyzer -> analyzer.analyze(failure[0]))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no analyzer for this", failure[0]));
    }
}
