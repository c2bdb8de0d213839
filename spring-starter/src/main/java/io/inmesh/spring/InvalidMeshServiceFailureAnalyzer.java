package io.inmesh.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which injection, where and what is valid, instead of a stack trace. */
final class InvalidMeshServiceFailureAnalyzer extends AbstractFailureAnalyzer<InvalidMeshServiceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidMeshServiceException cause) {
        return new FailureAnalysis(
                "A balancer of inmesh cannot be injected:\n\n    Target: \"" + cause.target() + "\"\n    At: "
                        + cause.where() + "\n    Reason: " + cause.reason(),
                "Correct the value of @MeshService at " + cause.where() + ".",
                cause);
    }
}
