package io.inmesh.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Injects the balancer of a target, for client libraries that the starter does not cover:
 *
 * <pre>{@code
 * @Component
 * class Orders {
 *     private final LoadBalancer orders;
 *
 *     Orders(@MeshService("orders.shop:http") LoadBalancer orders) {
 *         this.orders = orders;
 *     }
 * }
 * }</pre>
 *
 * <p>Stands at fields and parameters of type {@link io.inmesh.api.LoadBalancer}, also inside {@code ObjectProvider} or {@code Optional}, and in
 * annotations of one's own. All injections of one target in a context share one balancer, which is closed with the context: do not close it. A
 * target that cannot be meant fails start-up. Nothing waits for the service's endpoints: {@code whenReady} does.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE})
public @interface MeshService {

    /**
     * What to reach, in every form that {@link io.inmesh.api.Target} knows: {@code orders.shop:http}, {@code
     * k8s:///orders.shop:http?policy=round-robin}. Placeholders such as {@code ${orders.target}} are filled in.
     */
    String value();
}
