package io.inmesh.resolver.kubernetes.source;

import io.inmesh.api.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why the API cannot be asked at present. Empties nothing (rule W-12).
 *
 * @param reason {@link Reason#NOT_SYNCED} or {@link Reason#FORBIDDEN}
 * @param situation what has to change for it to be told again: retries fail in many words, and mean the same
 * @param said what happened and what to do, but for the Role to add
 * @param missing the right that the server misses, or null
 * @param used the rights that whoever is told needs besides
 */
public record Trouble(
        Reason reason,
        String situation,
        String said,
        @Nullable Right missing,
        List<Right> used) {

    /** The beginning of the situation of what the server does not know. */
    public static final String ABSENT = "404";

    /** The situation of an answer that is more than anybody should keep in memory. */
    public static final String TOO_LARGE = "too large";

    public Trouble {
        used = List.copyOf(used);
    }

    /** One that no right mends. */
    public Trouble(Reason reason, String situation, String said) {
        this(reason, situation, said, null, List.of());
    }

    /** The API server forbids it. */
    public static Trouble forbidden(String situation, String said, Right missing) {
        return new Trouble(Reason.FORBIDDEN, situation, said, missing, List.of());
    }

    /** The same, told to somebody who needs these rights besides: a Role says all of them (rule R-6). */
    public Trouble toldTo(List<Right> user) {
        return new Trouble(reason, situation, said, missing, user);
    }

    /** What happened and what to do, to stand behind the name of the service; ends with the Role to add, if one mends it. */
    public String text() {
        return missing == null ? said : said + missing.role(used);
    }

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
