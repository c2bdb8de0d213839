package io.inmesh.api;

/** Why there is no endpoint to be had. Each is a different situation with its own text, never an empty list or null (rule S-11). */
public enum Reason {
    /** The source has not answered yet; a 401 or an unreachable API says so in the text. */
    NOT_SYNCED,
    /** The API answered 403; the text names the Role to add. */
    FORBIDDEN,
    /** There is no such service. */
    NOT_FOUND,
    /** The service has no port of that name, number or protocol. */
    NO_SUCH_PORT,
    /** No port was named and the service has several. */
    AMBIGUOUS_PORT,
    /** The service cannot be reached from where this client runs (rule S-28). */
    UNREACHABLE,
    /** An ExternalName that cannot be followed (rule X-2). */
    BAD_ALIAS,
    /** The set is known and nothing in it is usable. */
    NO_ENDPOINTS,
    /** Only endpoints of this client's node would do, and there is none. */
    NO_LOCAL_ENDPOINTS,
    /** Endpoints exist, and health keeps every one of them out. */
    ALL_EJECTED,
    /** The balancing policy failed to make a picker; the text names policy and failure. */
    POLICY_FAILED,
    /** A cap or budget is used up. */
    LIMITED,
    /** The balancer was closed. */
    CLOSED;

    /**
     * Whether a set that was known before is replaced. A source that cannot be asked ({@link #NOT_SYNCED}, {@link #FORBIDDEN})
     * empties nothing; everything else is a fact about the service.
     */
    public boolean replacesKnownSet() {
        return this != NOT_SYNCED && this != FORBIDDEN;
    }

    /** Whether asking another endpoint, or again, is pointless: a limit or a closed balancer turns the call down at once. */
    public boolean isDrop() {
        return this == LIMITED || this == CLOSED;
    }
}
