package io.inmesh.spring.cloud;

import io.inmesh.api.PickContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.loadbalancer.HintRequestContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerProperties;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;

/**
 * What a request of Spring Cloud says of itself, in our words: its hint is the key that hash policies follow, its sticky cookie the session, and
 * the instances of earlier attempts are those that have been tried.
 *
 * @param context for picking
 * @param secure whether its URL says https
 */
record AskedOf(PickContext context, boolean secure) {
    /** What Spring Cloud says where nobody gave a hint. */
    private static final String NO_HINT = "default";

    /**
     * Reads it.
     *
     * @param avoidsPrevious whether an attempt goes elsewhere than the one before
     */
    static AskedOf of(Request<?> request, LoadBalancerProperties properties, boolean avoidsPrevious) {
        Object said = request.getContext();
        RequestData data = said instanceof RequestDataContext withData ? withData.getClientRequest() : null;
        PickContext context = PickContext.NONE;
        if (avoidsPrevious
                && said instanceof RetryableRequestContext repeated
                && repeated.getPreviousServiceInstance() instanceof MeshServiceInstance previous) {
            context = previous.tried();
        }
        String hint = hint(said, data, properties.getHintHeaderName());
        if (hint != null) {
            context = context.withKey(hint);
        }
        String session = cookie(data, properties.getStickySession().getInstanceIdCookieName());
        if (session != null) {
            context = context.withSession(session);
        }
        return new AskedOf(context, isSecure(request));
    }

    /** Whether its URL says https; false where it has none. */
    static boolean isSecure(Request<?> request) {
        return request.getContext() instanceof RequestDataContext withData
                && withData.getClientRequest() != null
                && "https".equalsIgnoreCase(withData.getClientRequest().getUrl().getScheme());
    }

    /** The header first, as Spring Cloud's own HintBasedServiceInstanceListSupplier has it. */
    private static @Nullable String hint(@Nullable Object said, @Nullable RequestData data, String header) {
        HttpHeaders headers = data == null ? null : data.getHeaders();
        String inHeader = headers == null ? null : headers.getFirst(header);
        if (StringUtils.hasText(inHeader)) {
            return inHeader;
        }
        String hint = said instanceof HintRequestContext withHint ? withHint.getHint() : null;
        return StringUtils.hasText(hint) && !NO_HINT.equals(hint) ? hint : null;
    }

    private static @Nullable String cookie(@Nullable RequestData data, String name) {
        if (data == null) {
            return null;
        }
        HttpHeaders headers = data.getHeaders();
        List<String> lines = headers == null ? List.of() : headers.getOrEmpty(HttpHeaders.COOKIE);
        for (String line : lines) {
            // Spring Cloud's own reading takes all cookies of a line for one.
            for (String pair : line.split(";", -1)) {
                if (pair.trim().startsWith(name + "=")) {
                    return pair.trim().substring(name.length() + 1);
                }
            }
        }
        MultiValueMap<String, String> cookies = data.getCookies();
        return cookies == null ? null : cookies.getFirst(name);
    }
}
