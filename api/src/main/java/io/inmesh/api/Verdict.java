package io.inmesh.api;

import java.util.Objects;

/**
 * Whether an endpoint that may be picked is trusted with requests, and if not, who says so and why: the answer to "why is this endpoint not used",
 * beside {@link Endpoint#usability()}, which is what the cluster says.
 *
 * <pre>{@code
 * for (EndpointView view : balancer.snapshot().endpoints()) {
 *     System.out.println(view.endpoint().address() + ": " + view.endpoint().usability() + ", " + view.verdict());
 * }
 * }</pre>
 *
 * @param kind what is found
 * @param why the rule and its figures, for people; empty if nothing speaks against the endpoint
 */
public record Verdict(Kind kind, String why) {

    /** Nothing speaks against it. */
    public static final Verdict HEALTHY = new Verdict(Kind.HEALTHY, "");

    /** What is found, the best first. */
    public enum Kind {
        /** Nothing speaks against it. */
        HEALTHY,
        /** It was out, and is back for a few requests at a time, which decide. */
        TRIAL,
        /** Its answers were bad, or it failed its checks. Where too few are healthy it is used nevertheless. */
        EJECTED,
        /** There is no connection to it, and none can be made. Never used. */
        UNREACHABLE
    }

    /** Both are required. */
    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(why, "why");
    }

    @Override
    public String toString() {
        String name =
                switch (kind) {
                    case HEALTHY -> "healthy";
                    case TRIAL -> "on trial";
                    case EJECTED -> "ejected";
                    case UNREACHABLE -> "unreachable";
                };
        return why.isEmpty() ? name : name + ": " + why;
    }
}
