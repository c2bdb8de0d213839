package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import io.inmesh.api.RejectedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what HTTP clients throw into the exceptions that callers of blocking clients know, with service and pod in the text. */
public final class Failures {
    private Failures() {}

    /** What the caller is told. */
    public static IOException told(Throwable error, String host, Endpoint endpoint) {
        String where = host + " at " + endpoint.address()
                + (endpoint.pod() == null ? "" : " (pod " + endpoint.pod() + ")") + ": ";
        ConnectException connect = find(error, ConnectException.class);
        if (connect != null) { // Asked for first: no connection in time is one too.
            return because(new ConnectException(where + connect.getMessage()), error);
        }
        if (find(error, SocketTimeoutException.class) != null) {
            return because(new SocketTimeoutException(where + "no answer within the read timeout"), error);
        }
        if (find(error, InterruptedIOException.class) != null) {
            return because(new InterruptedIOException(where + "interrupted"), error);
        }
        SSLException tls = find(error, SSLException.class);
        return tls != null
                ? tls
                : new IOException(where + (error.getMessage() == null ? error : error.getMessage()), error);
    }

    /** What the caller is told where no pod is to blame: there is none, none answered in time, the caller was interrupted, a fault was injected. */
    public static IOException ofNobody(Exception reason, String host) {
        if (reason instanceof RejectedException rejected) {
            return because(new ConnectException(rejected.rejection().text()), reason);
        }
        String text = host + ": " + reason.getMessage();
        if (reason instanceof TimeoutException) {
            return because(new SocketTimeoutException(text), reason);
        }
        return reason instanceof InterruptedException
                ? because(new InterruptedIOException(host + ": interrupted"), reason)
                : new IOException(text, reason);
    }

    /** The same in the words that {@link io.inmesh.api.OutcomeClassifier} knows. */
    static Throwable classified(IOException told) {
        if (told instanceof SocketTimeoutException) {
            return because(new TimeoutException(told.getMessage()), told);
        }
        return told instanceof InterruptedIOException
                ? because(new CancellationException(told.getMessage()), told)
                : told;
    }

    static boolean isCausedBy(Throwable error, Throwable cause) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each == cause) {
                return true;
            }
        }
        return false;
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        return null;
    }

    private static <T extends Throwable> T because(T told, Throwable cause) {
        told.initCause(cause);
        return told;
    }
}
