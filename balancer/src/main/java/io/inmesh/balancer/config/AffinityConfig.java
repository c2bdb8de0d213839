package io.inmesh.balancer.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client or a session stays with its endpoint. Keys {@code affinity.*}.
 *
 * @param mode how
 * @param token where requests of sessions carry their token, and answers bring a new one: a header or a cookie; null: the program carries it.
 *     Read under {@link Mode#STRONG} alone
 */
public record AffinityConfig(Mode mode, @Nullable RequestPart token) {

    /** As the Service says. */
    public static final AffinityConfig DEFAULT = new AffinityConfig(Mode.SERVICE, null);

    /** The room's name, before each of its keys. */
    static final String ROOM = "affinity";

    /** How, without the room's name. */
    static final String MODE = "mode";

    private static final String TOKEN = "token";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE, TOKEN);

    private static final List<RequestPart.Kind> CARRIERS = List.of(RequestPart.Kind.HEADER, RequestPart.Kind.COOKIE);

    /** What stays. */
    public enum Mode {
        /**
         * This process with its endpoint, if the Service says {@code sessionAffinity: ClientIP}: every call goes to the same one, until that is
         * usable no more (not ready, gone, of weight 0, not to be connected to) or no call has come for the Service's timeout. Like kube-proxy it asks for nothing
         * else: an endpoint that is ejected for its answers, or outside of this process's subset, keeps its client. The default, unless a policy is named for that service (rule Y-6).
         */
        SERVICE,
        /**
         * Each session with its endpoint: a request that carries a session's token ({@code PickContext.withSession}) goes to the endpoint that the
         * token names, past locality, subset and health, as long as that is usable or drains; others go by the policy. Holds a connection to
         * draining endpoints, and opens one outside the subset where a session asks for it, for as long as sessions use them. Weak sessions need no mode: give the session as key to a
         * policy that follows keys.
         */
        STRONG,
        /** Nothing, whatever the Service says. */
        OFF
    }

    /** Reads what is said, the default for the rest. */
    static AffinityConfig of(PolicySettings said) {
        String token = said.text(TOKEN, "");
        return new AffinityConfig(
                said.choice(MODE, DEFAULT.mode),
                token.isEmpty() ? null : RequestPart.parse(ROOM + "." + TOKEN, token, token, CARRIERS));
    }
}
