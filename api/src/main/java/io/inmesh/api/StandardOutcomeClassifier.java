package io.inmesh.api;

import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The usual reading of HTTP and gRPC codes. Server failures of gRPC are the codes 2, 4, 13, 14 and 15, as linkerd reads them, with
 * 4 kept apart as a timeout; 8 is overload, 1 the caller's own cancellation, everything else the caller's fault.
 */
enum StandardOutcomeClassifier implements OutcomeClassifier {
    INSTANCE;

    @Override
    public Outcome classify(Wire wire, int code, @Nullable Throwable error, Delivery delivery) {
        if (code == NO_CODE) {
            return withoutAnswer(error, delivery);
        }
        return wire == Wire.HTTP ? http(code, delivery) : grpc(code, delivery);
    }

    private static Outcome withoutAnswer(@Nullable Throwable error, Delivery delivery) {
        if (error instanceof CancellationException) {
            return Outcome.CANCELLED;
        }
        if (error instanceof TimeoutException) {
            return Outcome.TIMEOUT;
        }
        return Outcome.failure(Origin.LOCAL, delivery);
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
            case 2, 13, 15 -> Outcome.failure(Origin.EXTERNAL, delivery);
            case 14 -> Outcome.failure(Origin.GATEWAY, delivery);
            default -> Outcome.CLIENT_ERROR;
        };
    }
}
