package io.inmesh.balancer.pick.affinity;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.state.Member;
import java.util.Map;

/**
 * A request of a session to the endpoint that its token names (balancing rules 5.25), every other one, and a repeat, as the picker inside chooses.
 * A session does not move because its endpoint is busy: at the endpoint's in-flight cap its requests are turned down. On trial it serves them, for they
 * are as good as any to find out how it is.
 *
 * <p>Cost: one look into a table where there is a token, one comparison where there is none.
 */
public final class SessionAffinity implements Picker {
    private final Picker inner;
    private final Map<String, Member> byToken;
    private final Rejection atCap;

    /**
     * Around that picker.
     *
     * @param inner chooses where no token names anybody
     * @param byToken whoever may serve a session, draining ones included
     * @param atCap what a request is told whose endpoint has as many as it may have
     */
    public SessionAffinity(Picker inner, Map<String, Member> byToken, Rejection atCap) {
        this.inner = inner;
        this.atCap = atCap;
        this.byToken = Map.copyOf(byToken);
    }

    @Override
    public Choice choose(PickContext context) {
        String token = context.session();
        if (token != null) {
            Member member = byToken.get(token);
            if (member != null && !context.hasTried(member.endpoint())) {
                return member.isAtCap() ? atCap : member;
            }
        }
        return inner.choose(context);
    }

    @Override
    public String toString() {
        return "SessionAffinity[" + inner + "]";
    }
}
