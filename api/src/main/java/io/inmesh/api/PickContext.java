package io.inmesh.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about itself before it is placed: a key that hash policies follow, the session it belongs to, and
 * the endpoints it has tried.
 *
 * <pre>{@code
 * PickContext context = PickContext.NONE.withKey("customer-42");
 * }</pre>
 *
 * <p>Immutable.
 */
public final class PickContext {

    /** No key, nothing tried: what most requests use, without allocation. */
    public static final PickContext NONE = new PickContext(null, null, List.of());

    private final @Nullable String key;
    private final @Nullable String session;
    private final List<String> tried;

    private PickContext(@Nullable String key, @Nullable String session, List<String> tried) {
        this.key = key;
        this.session = session;
        this.tried = tried;
    }

    /** The same request, to be placed by this key. */
    public PickContext withKey(String newKey) {
        return new PickContext(newKey, session, tried);
    }

    /**
     * The same request as part of a session. Under {@code affinity.mode = strong} it goes where the token says, as long as that endpoint is usable
     * or draining; otherwise, or if the token names nobody, the policy decides.
     *
     * @param token as {@link Sessions#tokenOf} gave it out, or whatever the far end sent in its place
     */
    public PickContext withSession(String token) {
        return new PickContext(key, token, tried);
    }

    /** The same request after an attempt on that endpoint: it is not chosen again while another is left (contract C12). */
    public PickContext withTried(Endpoint endpoint) {
        if (tried.contains(endpoint.id())) {
            return this;
        }
        List<String> more = new ArrayList<>(tried);
        more.add(endpoint.id());
        return new PickContext(key, session, List.copyOf(more));
    }

    /** The key that hash policies follow, or null. */
    public @Nullable String key() {
        return key;
    }

    /** The token of the session, or null. */
    public @Nullable String session() {
        return session;
    }

    /** How many endpoints have been tried: 0 for a first attempt. */
    public int attempts() {
        return tried.size();
    }

    /** True if an attempt on that endpoint was made. */
    public boolean hasTried(Endpoint endpoint) {
        return !tried.isEmpty() && tried.contains(endpoint.id());
    }

    @Override
    public String toString() {
        // Neither key nor session: they may be a person's, and texts like this one end up in logs.
        return "PickContext[" + (key == null ? "no key" : "a key") + (session == null ? "" : ", a session") + ", tried="
                + tried + "]";
    }
}
