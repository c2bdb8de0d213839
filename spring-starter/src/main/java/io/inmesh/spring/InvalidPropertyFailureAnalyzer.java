package io.inmesh.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what, where and what is valid, instead of a stack trace. */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
        StringBuilder description = new StringBuilder("A property of inmesh cannot be used:\n\n    Property: ")
                .append(cause.property())
                .append("\n    Value: \"")
                .append(cause.value())
                .append('"');
        if (cause.origin() != null) {
            description.append("\n    Origin: ").append(cause.origin());
        }
        description.append("\n    Reason: ").append(cause.reason());
        return new FailureAnalysis(
                description.toString(), "Correct or remove the property " + cause.property() + ".", cause);
    }
}
