package io.inmesh.samples.doors;

import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.spring.MeshService;
import org.springframework.stereotype.Component;

/** A Spring component with a client library of its own, which wants to know where to send. */
@Component
class OrdersElsewhere {
    private final LoadBalancer orders;

    OrdersElsewhere(@MeshService("orders.shop:http") LoadBalancer orders) {
        this.orders = orders;
    }

    String address() {
        return orders.choose(PickContext.NONE) instanceof EndpointView view
                ? view.endpoint().address()
                : "none";
    }
}
