package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.OutcomeClassifier.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** balancing.md section 2, code by code. */
class StandardOutcomeClassifierTest {
    private static final OutcomeClassifier CLASSIFIER = OutcomeClassifier.standard();

    @ParameterizedTest(name = "HTTP {0} is {1}")
    @CsvSource({
        "100, SUCCESS",
        "101, SUCCESS",
        "200, SUCCESS",
        "204, SUCCESS",
        "206, SUCCESS",
        "301, SUCCESS",
        "304, SUCCESS",
        "399, SUCCESS",
        "400, CLIENT_ERROR",
        "401, CLIENT_ERROR",
        "403, CLIENT_ERROR",
        "404, CLIENT_ERROR",
        "408, CLIENT_ERROR",
        "409, CLIENT_ERROR",
        "428, CLIENT_ERROR",
        "430, CLIENT_ERROR",
        "499, CLIENT_ERROR",
        "429, OVERLOADED",
        "500, EXTERNAL",
        "501, EXTERNAL",
        "505, EXTERNAL",
        "507, EXTERNAL",
        "599, EXTERNAL",
        "600, EXTERNAL",
        "502, GATEWAY",
        "503, GATEWAY",
        "504, GATEWAY",
        "-1, LOCAL",
        "0, LOCAL",
        "99, LOCAL"
    })
    void an_http_status(int code, String expected) {
        for (Delivery delivery : Delivery.values()) {
            assertThat(CLASSIFIER.classify(Wire.HTTP, code, null, delivery)).isEqualTo(outcome(expected, delivery));
        }
    }

    @ParameterizedTest(name = "gRPC {0} {1} is {2}")
    @CsvSource({
        "0,  OK,                  SUCCESS",
        "1,  CANCELLED,           CANCELLED",
        "2,  UNKNOWN,             EXTERNAL",
        "3,  INVALID_ARGUMENT,    CLIENT_ERROR",
        "4,  DEADLINE_EXCEEDED,   TIMEOUT",
        "5,  NOT_FOUND,           CLIENT_ERROR",
        "6,  ALREADY_EXISTS,      CLIENT_ERROR",
        "7,  PERMISSION_DENIED,   CLIENT_ERROR",
        "8,  RESOURCE_EXHAUSTED,  OVERLOADED",
        "9,  FAILED_PRECONDITION, CLIENT_ERROR",
        "10, ABORTED,             CLIENT_ERROR",
        "11, OUT_OF_RANGE,        CLIENT_ERROR",
        "12, UNIMPLEMENTED,       CLIENT_ERROR",
        "13, INTERNAL,            EXTERNAL",
        "14, UNAVAILABLE,         GATEWAY",
        "15, DATA_LOSS,           EXTERNAL",
        "16, UNAUTHENTICATED,     CLIENT_ERROR",
        "17, none of gRPC's,      EXTERNAL",
        "99, none of gRPC's,      EXTERNAL",
        "-1, no answer,           LOCAL",
        "-2, no answer,           LOCAL"
    })
    void a_grpc_status(int code, String name, String expected) {
        for (Delivery delivery : Delivery.values()) {
            assertThat(CLASSIFIER.classify(Wire.GRPC, code, null, delivery))
                    .as(name)
                    .isEqualTo(outcome(expected, delivery));
        }
    }

    private static Outcome outcome(String name, Delivery delivery) {
        return switch (name) {
            case "SUCCESS" -> Outcome.SUCCESS;
            case "CLIENT_ERROR" -> Outcome.CLIENT_ERROR;
            case "CANCELLED" -> Outcome.CANCELLED;
            case "TIMEOUT" -> Outcome.TIMEOUT;
            case "OVERLOADED" -> Outcome.OVERLOADED;
            default -> Outcome.failure(Origin.valueOf(name), delivery);
        };
    }

    static Stream<Arguments> errors() {
        Outcome failed = Outcome.failure(Origin.LOCAL, Delivery.SENT);
        return Stream.of(
                Arguments.of(new CancellationException(), Outcome.CANCELLED),
                Arguments.of(new InterruptedException(), Outcome.CANCELLED),
                Arguments.of(new TimeoutException(), Outcome.TIMEOUT),
                Arguments.of(new SocketTimeoutException("Read timed out"), Outcome.TIMEOUT),
                Arguments.of(new HttpTimeoutException("request timed out"), Outcome.TIMEOUT),
                Arguments.of(new HttpConnectTimeoutException("HTTP connect timed out"), failed),
                Arguments.of(new ConnectException("refused"), failed),
                Arguments.of(new SocketException("Connection reset"), failed),
                Arguments.of(new IOException("broken", new TimeoutException()), failed),
                Arguments.of(new CompletionException(new HttpTimeoutException("x")), Outcome.TIMEOUT),
                Arguments.of(
                        new ExecutionException(new CompletionException(new CancellationException())),
                        Outcome.CANCELLED),
                Arguments.of(new CompletionException("without a cause", null), failed));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("errors")
    void an_error_instead_of_an_answer(Throwable error, Outcome expected) {
        for (Wire wire : Wire.values()) {
            assertThat(CLASSIFIER.classify(wire, OutcomeClassifier.NO_CODE, error, Delivery.SENT))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_endpoint_that_does_not_connect_in_time_has_failed_and_the_deadline_has_not_passed(Wire wire) {
        Throwable error = new SocketTimeoutException("Connect timed out");

        assertThat(CLASSIFIER.classify(wire, OutcomeClassifier.NO_CODE, error, Delivery.NOT_SENT))
                .isEqualTo(Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT));
    }

    @Test
    void constants_are_shared_and_failures_compare_by_what_they_say() {
        assertThat(CLASSIFIER.classify(Wire.HTTP, 200, null, Delivery.SENT)).isSameAs(Outcome.SUCCESS);
        assertThat(CLASSIFIER.classify(Wire.GRPC, 8, null, Delivery.SENT)).isSameAs(Outcome.OVERLOADED);
        assertThat(Outcome.failure(Origin.LOCAL, Delivery.SENT))
                .isEqualTo(new Outcome.Failure(Origin.LOCAL, Delivery.SENT))
                .isNotEqualTo(Outcome.failure(Origin.LOCAL, Delivery.NOT_PROCESSED))
                .isNotEqualTo(Outcome.failure(Origin.GATEWAY, Delivery.SENT));
    }
}
