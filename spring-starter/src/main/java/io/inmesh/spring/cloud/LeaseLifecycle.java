package io.inmesh.spring.cloud;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.spring.http.HttpOutcome;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;

/**
 * Where requests of Spring Cloud LoadBalancer are counted: from {@code onStartRequest}, when one is about to be sent, to {@code onComplete}, which
 * its clients call when the answer's head has come or the request has failed. What is only chosen counts nowhere. Retries are Spring Cloud's, and
 * each is a request of its own.
 *
 * <p>Threads: any.
 */
public final class LeaseLifecycle implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {
    /** By its name: applications without Netty have Spring Cloud too. */
    private static final String NETTYS_TIMEOUT = "io.netty.handler.timeout.ReadTimeoutException";

    private static final boolean SERVLETS = ClassUtils.isPresent(
            "org.springframework.web.servlet.function.ServerResponse", LeaseLifecycle.class.getClassLoader());

    private final OpenLeases leases = new OpenLeases();
    private final OutcomeClassifier classifier;
    private final BalancerObserver observer;

    /**
     * Reads answers by that classifier.
     *
     * @param observer hears of each request that has ended
     */
    public LeaseLifecycle(OutcomeClassifier classifier, BalancerObserver observer) {
        this.classifier = classifier;
        this.observer = observer;
    }

    @Override
    public void onStart(Request<Object> request) {
        // No endpoint is chosen yet.
    }

    @Override
    public void onStartRequest(Request<Object> request, Response<ServiceInstance> chosen) {
        MeshServiceInstance instance = MeshServiceInstance.behind(chosen.getServer());
        if (instance != null) {
            Lease lease = instance.view().begin();
            Target target = instance.target();
            leases.begun(request, outcome -> {
                if (lease.complete(outcome)) {
                    observer.called(target, 1, outcome);
                }
            });
        }
    }

    @Override
    public void onComplete(CompletionContext<Object, ServiceInstance, Object> context) {
        leases.ended(context.getLoadBalancerRequest(), outcome(context));
    }

    /** The caller gave up, which Spring Cloud does not tell. */
    void cancelled(Request<?> request) {
        leases.ended(request, Outcome.CANCELLED);
    }

    /** How many requests run. */
    int running() {
        return leases.size();
    }

    private Outcome outcome(CompletionContext<Object, ServiceInstance, Object> context) {
        return switch (context.status()) {
            case DISCARD -> Outcome.CANCELLED;
            case FAILED -> failure(context.getThrowable());
            case SUCCESS -> success(context.getClientResponse());
        };
    }

    private Outcome success(@Nullable Object response) {
        if (response instanceof ResponseData data && data.getHttpStatus() != null) {
            return HttpOutcome.ofAnswer(classifier, data.getHttpStatus(), headers(data));
        }
        Outcome ofServlet = SERVLETS && response != null ? ServletAnswer.outcome(classifier, response) : null;
        return ofServlet == null ? Outcome.SUCCESS : ofServlet;
    }

    private static HttpHeaders headers(ResponseData data) {
        HttpHeaders headers = data.getHeaders();
        return headers == null ? HttpHeaders.EMPTY : headers;
    }

    private Outcome failure(@Nullable Throwable error) {
        boolean unreached =
                find(error, ConnectException.class) != null || find(error, NoRouteToHostException.class) != null;
        return classifier.classify(
                Wire.HTTP, OutcomeClassifier.NO_CODE, cause(error), unreached ? Delivery.NOT_SENT : Delivery.SENT);
    }

    /** What the classifier knows of what the client wrapped. */
    private static @Nullable Throwable cause(@Nullable Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each.getClass().getName().equals(NETTYS_TIMEOUT)) {
                TimeoutException timeout = new TimeoutException(String.valueOf(each.getMessage()));
                timeout.initCause(each);
                return timeout;
            }
        }
        for (Class<? extends Throwable> known :
                List.of(TimeoutException.class, SocketTimeoutException.class, HttpTimeoutException.class)) {
            Throwable found = find(error, known);
            if (found != null) {
                return found;
            }
        }
        return error;
    }

    private static <T extends Throwable> @Nullable T find(@Nullable Throwable error, Class<T> type) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        return null;
    }
}
