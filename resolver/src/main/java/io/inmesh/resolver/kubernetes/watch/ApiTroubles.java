package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong with the API into words (rules R-6, W-10). Pure functions. */
public final class ApiTroubles {
    private static final String KEEPS_TRYING =
            "; it is asked again until it answers, and endpoints known before stay in use";

    private ApiTroubles() {}

    /** There was no answer, perhaps because there were no credentials to ask with (rule R-7). */
    static Trouble unreachable(String url, @Nullable Throwable error) {
        if (error instanceof NoCredentialsException) {
            return new Trouble(
                    Reason.NOT_SYNCED,
                    "no credentials",
                    "the Kubernetes API at " + url + " cannot be asked: " + error.getMessage() + KEEPS_TRYING);
        }
        return new Trouble(
                Reason.NOT_SYNCED,
                "unreachable",
                "the Kubernetes API at " + url + " cannot be reached (" + cause(error) + ")" + KEEPS_TRYING);
    }

    /** What to take for the reason that no answer came for so long. */
    static Throwable noAnswer(ApiTransport api, Duration limit) {
        return api.heldUpBy()
                .<Throwable>map(NoCredentialsException::new)
                .orElseGet(() -> new TimeoutException("no answer within " + limit.toSeconds() + " s"));
    }

    /** There was an answer that is no list. */
    static Trouble unreadable(String url, WatchedResource<?> resource, Throwable error) {
        if (error instanceof TooLargeException) {
            return new Trouble(
                    Reason.NOT_SYNCED,
                    Trouble.TOO_LARGE,
                    "the Kubernetes API at " + url + " answered a list of " + resource.describe() + " with "
                            + error.getMessage() + KEEPS_TRYING);
        }
        return new Trouble(
                Reason.NOT_SYNCED,
                "unreadable",
                "the Kubernetes API at " + url + " answered a list of " + resource.describe() + " that cannot be read ("
                        + cause(error) + ")" + KEEPS_TRYING);
    }

    /** The API told of an object that cannot be read, and no earlier state of it is known. */
    public static Trouble unreadable(String plural, WatchEvents.Unread<?> object) {
        String which = object.id().name().isEmpty()
                ? "one of the " + plural + ", whose name cannot be read either,"
                : "of the " + plural + " " + object.id();
        return new Trouble(
                Reason.NOT_SYNCED,
                "unreadable " + plural + " " + object.id() + " " + object.why(),
                which + " exists but cannot be read (" + object.why()
                        + "), and no earlier state of it is known; look for who wrote it, or for a proxy that changes answers"
                        + " of the API server. It is used as soon as it can be read, and endpoints known before stay in use");
    }

    /** The answer was a refusal, or there was none. */
    static Trouble refused(String url, WatchedResource<?> resource, String verb, Refusal refusal) {
        int status = refusal.status();
        if (status == Refusal.NO_ANSWER) {
            return unreachable(url, refusal.error());
        }
        String said = refusal.message().isEmpty() ? "" : " saying '" + refusal.message() + "'";
        String asked = "to " + verb + " " + resource.describe();
        return switch (status) {
            case 401 ->
                new Trouble(
                        Reason.NOT_SYNCED,
                        "401",
                        "the Kubernetes API at " + url + " does not accept this client's credentials (401" + said
                                + "); check the token of the service account, or the token or client certificate of the"
                                + " kubeconfig's user (what is replaced there is taken up by itself)"
                                + KEEPS_TRYING);
            case 403 ->
                Trouble.forbidden(
                        "403 " + verb + " " + resource.plural(),
                        "the Kubernetes API at " + url + " forbids this client " + asked + " (403" + said
                                + "). Add this role, and bind it to the client's service account:\n",
                        resource.right());
            case 404 ->
                new Trouble(
                        Reason.NOT_SYNCED,
                        Trouble.ABSENT + " " + resource.plural(),
                        "the Kubernetes API at " + url + " does not know " + resource.plural() + " of group '"
                                + resource.group()
                                + "' (404); inmesh needs Kubernetes 1.21 or newer, and a URL without a path of its own"
                                + KEEPS_TRYING);
            default ->
                new Trouble(
                        Reason.NOT_SYNCED,
                        Integer.toString(status),
                        "the Kubernetes API at " + url + " answered " + status + said + " when asked " + asked
                                + KEEPS_TRYING);
        };
    }

    /** Watches are answered, and none tells what changes. */
    static Trouble fruitless(String url, WatchedResource<?> resource, String end) {
        return new Trouble(
                Reason.NOT_SYNCED,
                "fruitless watches of " + resource.plural(),
                "the Kubernetes API at " + url + " answers watches of " + resource.describe()
                        + ", but each is over at once (the last one " + end
                        + "), so lists are asked for instead, and changes are seen up to a minute late; look for a proxy"
                        + " between, which must pass on answers that have no end, or for errors of the API server");
    }

    /** How an exchange ended, to stand behind what ended. */
    static String end(@Nullable Throwable error) {
        return error == null ? "ended in order" : "broke: " + cause(error);
    }

    /** The innermost reason that says something: outer ones repeat it, or say only that something failed. */
    private static String cause(@Nullable Throwable error) {
        if (error == null) {
            return "the connection ended before an answer came";
        }
        Throwable at = error;
        while (at instanceof CompletionException && at.getCause() != null) {
            at = at.getCause();
        }
        String name = at.getClass().getSimpleName();
        return at.getMessage() == null ? name : name + ": " + at.getMessage();
    }
}
