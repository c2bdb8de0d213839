package io.inmesh.balancer.request;

import io.inmesh.api.PickContext;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.KeyConfig;
import io.inmesh.balancer.config.RequestPart;
import org.jspecify.annotations.Nullable;

/**
 * What a service's settings say of its requests, each of them read from the request itself.
 *
 * @param key what the key of a request is, unless the program gives one
 * @param token where requests carry the token of their session; null: the program alone says it
 */
public record RequestRules(KeyConfig key, @Nullable RequestPart token) {
    /** Nothing is read. */
    public static final RequestRules NONE = new RequestRules(KeyConfig.DEFAULT, null);

    /** Those of that configuration. */
    public static RequestRules of(BalancerConfig config) {
        boolean sessions = config.affinity().mode() == AffinityConfig.Mode.STRONG;
        RequestPart token = sessions ? config.affinity().token() : null;
        return config.key().isEmpty() && token == null ? NONE : new RequestRules(config.key(), token);
    }

    /** True if no request has to be looked at. */
    public boolean isEmpty() {
        return key.isEmpty() && token == null;
    }

    /** What the program says of a request, and what the request says where the program is silent. */
    public PickContext contextOf(RequestHead request, PickContext said) {
        PickContext context = said;
        if (context.key() == null && !key.isEmpty()) {
            String found = RequestParts.keyOf(key, request);
            context = found == null ? context : context.withKey(found);
        }
        if (token != null && context.session() == null) {
            String session = RequestParts.valueOf(token, request);
            context = session == null ? context : context.withSession(session);
        }
        return context;
    }
}
