package io.inmesh.spring;

import io.inmesh.balancer.config.CheckConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The shape of the keys that keep requests from endpoints and services in trouble, a part of {@link ServiceShape}. */
public final class HealthShapes {
    private HealthShapes() {}

    /**
     * Keys {@code check.*}.
     *
     * @param healthyAfter How many good answers in a row bring an endpoint back.
     * @param interval Time from one question to the next, a tenth more or less by lot; at least 100ms.
     * @param mode How endpoints are asked, besides the requests they get, if they are well.
     * @param path With http: the path to ask for, beginning with a slash.
     * @param service With grpc: which of the endpoint's services to ask for; the whole server unless set.
     * @param timeout How long an answer may take, at most the interval.
     * @param unhealthyAfter How many bad answers in a row take an endpoint out.
     */
    public record Check(
            @Nullable Integer healthyAfter,
            @Nullable Duration interval,
            CheckConfig.@Nullable Mode mode,
            @Nullable String path,
            @Nullable String service,
            @Nullable Duration timeout,
            @Nullable Integer unhealthyAfter) {}

    /**
     * Keys {@code eject.*}.
     *
     * @param base How long an endpoint is ejected the first time; each time soon after takes one base more.
     * @param consecutive So many failures in a row eject an endpoint at once, timeouts included; 0 for no such rule.
     * @param consecutiveGateway So many of 502, 503, 504 and UNAVAILABLE in a row eject an endpoint; 0 for no such rule.
     * @param consecutiveLocal With split-local-origin: so many failures without any answer in a row eject an endpoint; 5 unless set, 0 for no such rule.
     * @param enabled Whether endpoints whose requests fail are left out for a while.
     * @param failurePercent An endpoint is ejected if more than so many percent of its requests fail; 0 for no such rule.
     * @param failureVolume How many requests within the interval are enough for failure-percent.
     * @param interval How often rates are looked at; at least 100ms.
     * @param jitter Up to so much longer by chance is an endpoint ejected, so that not all clients come back at once; off for none.
     * @param max The longest time for which an endpoint is ejected, not below base.
     * @param maxPercent With so many percent of the endpoints out no other is ejected, so that one more may be; the last one never is.
     * @param minGap And so many percentage points below the mean, and 8 standard errors of it; 0 leaves both out, as gRPC does.
     * @param minHosts With fewer endpoints of enough requests no rate of success is compared.
     * @param overload Whether an endpoint that says it has too much to do (429, RESOURCE_EXHAUSTED, pushback) counts as one that failed.
     * @param requestVolume How many requests within the interval are enough to compare the rate of success.
     * @param slowStart How long an endpoint that comes back takes to its full weight where slow-start.window is off: more than 1s and at most 24h, or off for at once.
     * @param splitLocalOrigin Whether failures without any answer (connect, TLS, reset) are counted apart.
     * @param successRateFactor An endpoint is ejected if its rate of success is so many thousandths of a standard deviation below the mean; 0 for no such rule.
     * @param trials So many requests at a time are tried, and have to go well one after the other, before an endpoint is trusted again.
     */
    public record Eject(
            @Nullable Duration base,
            @Nullable Integer consecutive,
            @Nullable Integer consecutiveGateway,
            @Nullable Integer consecutiveLocal,
            @Nullable Boolean enabled,
            @Nullable Integer failurePercent,
            @Nullable Integer failureVolume,
            @Nullable Duration interval,
            @Nullable String jitter,
            @Nullable Duration max,
            @Nullable Integer maxPercent,
            @Nullable Integer minGap,
            @Nullable Integer minHosts,
            @Nullable Boolean overload,
            @Nullable Integer requestVolume,
            @Nullable String slowStart,
            @Nullable Boolean splitLocalOrigin,
            @Nullable Integer successRateFactor,
            @Nullable Integer trials) {}

    /**
     * Keys {@code limit.*}.
     *
     * @param endpointInFlight How many requests may run from this process on one endpoint; 0 for any number.
     * @param serviceInFlight How many requests may run from this process on all endpoints of the service port together; 0 for any number.
     */
    public record Limit(
            @Nullable Integer endpointInFlight, @Nullable Integer serviceInFlight) {}

    /**
     * Keys {@code resilience4j.*}.
     *
     * @param bulkhead The bulkhead, by the name of an instance or a configuration in the application's BulkheadRegistry, that is asked last before each attempt; it must not wait.
     * @param circuitBreaker The circuit breaker, by the name of an instance or a configuration in the application's CircuitBreakerRegistry, that is asked first before each attempt and told how it ends.
     * @param endpointCircuitBreaker A configuration in the application's CircuitBreakerRegistry of which each endpoint gets a circuit breaker; one that is open leaves its endpoint out.
     * @param rateLimiter The rate limiter, by the name of an instance or a configuration in the application's RateLimiterRegistry, that is asked second before each attempt; it must not wait.
     */
    public record Resilience4j(
            @Nullable String bulkhead,
            @Nullable String circuitBreaker,
            @Nullable String endpointCircuitBreaker,
            @Nullable String rateLimiter) {}
}
