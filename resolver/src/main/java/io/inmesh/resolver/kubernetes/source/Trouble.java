package io.inmesh.resolver.kubernetes.source;

import io.inmesh.api.Reason;

/**
 * Why the API cannot be asked at present. Empties nothing (rule W-12).
 *
 * @param reason {@link Reason#NOT_SYNCED} or {@link Reason#FORBIDDEN}
 * @param situation what has to change for it to be told again: retries fail in many words, and mean the same
 * @param text what happened and what to do, to stand behind the name of the service
 */
public record Trouble(Reason reason, String situation, String text) {

    /** The beginning of the situation of what the server does not know. */
    public static final String ABSENT = "404";

    /** The situation of an answer that is more than anybody should keep in memory. */
    public static final String TOO_LARGE = "too large";

    /** True if there is more of it than is read. */
    public boolean isTooLarge() {
        return situation.equals(TOO_LARGE);
    }

    /** True if the server forbids it to this client. */
    public boolean isForbidden() {
        return reason == Reason.FORBIDDEN;
    }

    /** True if the server does not know the API at all. */
    public boolean isAbsent() {
        return situation.startsWith(ABSENT);
    }
}
