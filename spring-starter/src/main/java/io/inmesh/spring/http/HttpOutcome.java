package io.inmesh.spring.http;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.balancer.attempt.RetryAfter;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/** What an answer says of the endpoint it came from, whoever reads it. */
public final class HttpOutcome {
    private HttpOutcome() {}

    /** By its beginning. */
    public static Outcome ofAnswer(OutcomeClassifier classifier, HttpStatusCode status, HttpHeaders headers) {
        return RetryAfter.applied(
                classifier.classify(Wire.HTTP, status.value(), null, Delivery.SENT),
                RetryAfter.of(headers.getFirst(HttpHeaders.RETRY_AFTER), headers.getFirst(HttpHeaders.DATE)));
    }

    /** By what its reader is told of a body that broke off. */
    public static Outcome ofBrokenBody(OutcomeClassifier classifier, IOException told) {
        return classifier.classify(Wire.HTTP, OutcomeClassifier.NO_CODE, Failures.classified(told), Delivery.SENT);
    }

    /**
     * Whether an answer that nobody wants is read to its end, which leaves its connection to others. A failure that the request is sent again for has a
     * short body; an answer that came too late for its caller may go on for ever, as streams of events do.
     */
    public static boolean isWorthReading(Outcome outcome) {
        return !Outcome.isAnswer(outcome);
    }
}
