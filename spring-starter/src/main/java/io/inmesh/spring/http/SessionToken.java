package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.RequestPart;
import io.inmesh.balancer.request.RequestHead;
import io.inmesh.balancer.request.RequestParts;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.balancer.request.ReturnedToken;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The token of a request's session, where settings say that requests carry one: the answer brings that of the endpoint that gave it.
 *
 * <p>Threads: any.
 */
public final class SessionToken {
    private final @Nullable RequestPart part;
    private final @Nullable String came;
    private final AtomicInteger attempts = new AtomicInteger();

    private SessionToken(@Nullable RequestPart part, @Nullable String came) {
        this.part = part;
        this.came = came;
    }

    /** As that request brings it. */
    public static SessionToken of(RequestRules rules, RequestHead request) {
        RequestPart part = rules.token();
        return new SessionToken(part, part == null ? null : RequestParts.valueOf(part, request));
    }

    /** An attempt begins; its number, from 1. */
    public int attempt() {
        return attempts.incrementAndGet();
    }

    /** An answer's headers as the caller is to see them. */
    public HttpHeaders addedTo(HttpHeaders answer, Endpoint endpoint, int attempt) {
        ReturnedToken returned = part == null ? null : ReturnedToken.of(part, came, endpoint, attempt > 1);
        if (returned == null) {
            return answer;
        }
        HttpHeaders more = HttpHeaders.copyOf(answer);
        if (returned.isAdded()) {
            more.add(returned.header(), returned.value());
        } else {
            more.set(returned.header(), returned.value());
        }
        return more;
    }
}
