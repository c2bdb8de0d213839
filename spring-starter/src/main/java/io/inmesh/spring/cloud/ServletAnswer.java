package io.inmesh.spring.cloud;

import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.spring.http.HttpOutcome;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerResponse;

/** The answer as Spring Cloud's gateway for servlets hands it over. To be used only where Spring MVC is there. */
final class ServletAnswer {
    private ServletAnswer() {}

    /** What it says of the endpoint it came from; null if it is something else. */
    static @Nullable Outcome outcome(OutcomeClassifier classifier, Object response) {
        return response instanceof ServerResponse answer
                ? HttpOutcome.ofAnswer(classifier, answer.statusCode(), answer.headers())
                : null;
    }
}
