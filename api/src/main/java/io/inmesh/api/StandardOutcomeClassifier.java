package io.inmesh.api;

import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The usual reading of HTTP and gRPC codes. Server failures of gRPC are the codes 2, 4, 13, 14 and 15, as linkerd reads them, with
 * 4 kept apart as a timeout; 8 is overload, 1 the caller's own cancellation, every other code of gRPC's the caller's fault. A
 * number that is no code (HTTP below 100, negative) counts as no answer.
 */
enum StandardOutcomeClassifier implements OutcomeClassifier {
    INSTANCE;

    @Override
    public Outcome classify(Wire wire, int code, @Nullable Throwable error, Delivery delivery) {
        if (code < 0 || (wire == Wire.HTTP && code < 100)) {
            return withoutAnswer(unwrapped(error), delivery);
        }
        return wire == Wire.HTTP ? http(code, delivery) : grpc(code, delivery);
    }

    private static Outcome withoutAnswer(@Nullable Throwable error, Delivery delivery) {
        if (error instanceof CancellationException || error instanceof InterruptedException) {
            return Outcome.CANCELLED;
        }
        if (error instanceof TimeoutException || isReadTimeout(error, delivery)) {
            return Outcome.TIMEOUT;
        }
        return Outcome.failure(Origin.LOCAL, delivery);
    }

    /** The JDK's sockets and client time out with these while connecting as well, and an address that does not connect has failed. */
    private static boolean isReadTimeout(@Nullable Throwable error, Delivery delivery) {
        return delivery != Delivery.NOT_SENT
                && (error instanceof SocketTimeoutException || error instanceof HttpTimeoutException)
                && !(error instanceof HttpConnectTimeoutException);
    }

    /** What futures wrap around a cause says nothing. */
    private static @Nullable Throwable unwrapped(@Nullable Throwable error) {
        Throwable inner = error;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static Outcome http(int code, Delivery delivery) {
        if (code == 429) {
            return Outcome.OVERLOADED;
        }
        if (code == 502 || code == 503 || code == 504) {
            return Outcome.failure(Origin.GATEWAY, delivery);
        }
        if (code >= 500) {
            return Outcome.failure(Origin.EXTERNAL, delivery);
        }
        return code >= 400 ? Outcome.CLIENT_ERROR : Outcome.SUCCESS;
    }

    private static Outcome grpc(int code, Delivery delivery) {
        return switch (code) {
            case 0 -> Outcome.SUCCESS;
            case 1 -> Outcome.CANCELLED;
            case 4 -> Outcome.TIMEOUT;
            case 8 -> Outcome.OVERLOADED;
            case 14 -> Outcome.failure(Origin.GATEWAY, delivery);
            case 3, 5, 6, 7, 9, 10, 11, 12, 16 -> Outcome.CLIENT_ERROR;
            // 2, 13, 15, and what is no code of gRPC's: to its clients that is an unknown failure of the server.
            default -> Outcome.failure(Origin.EXTERNAL, delivery);
        };
    }
}
