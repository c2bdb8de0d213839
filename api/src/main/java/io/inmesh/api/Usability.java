package io.inmesh.api;

/**
 * Whether an endpoint may be picked for a new request by this client, and if not, by which rule. The resolver alone decides it;
 * the balancer starts from the usable ones, lets requests on draining ones finish and keeps the rest only to explain them.
 */
public sealed interface Usability {

    /** The endpoint may be picked. */
    static Usability usable() {
        return Usable.INSTANCE;
    }

    /** True if a new request may be sent there. */
    default boolean isUsable() {
        return this instanceof Usable;
    }

    /** May be picked. */
    record Usable() implements Usability {
        private static final Usable INSTANCE = new Usable();

        @Override
        public String toString() {
            return "usable";
        }
    }

    /**
     * Shuts down but still answers: no new request while another endpoint is usable; running ones and strong sessions finish.
     *
     * @param reason the rule that says so, for people
     */
    record Draining(String reason) implements Usability {
        @Override
        public String toString() {
            return "draining: " + reason;
        }
    }

    /**
     * Not to be picked.
     *
     * @param reason the rule that says so, for people
     */
    record Unusable(String reason) implements Usability {
        @Override
        public String toString() {
            return "unusable: " + reason;
        }
    }
}
