package io.inmesh.samples.shop.orders;

import io.inmesh.samples.shop.inventory.api.InventoryGrpc;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.web.service.registry.ImportHttpServices;

/** Takes orders. Where inventory is, {@code orders.yaml} says by name. */
@SpringBootApplication
@ImportHttpServices(group = "inventory", types = Items.class)
@ImportGrpcClients(target = "inventory", types = InventoryGrpc.InventoryBlockingStub.class)
public class OrdersApplication {

    /** The application as {@code orders.yaml} has it, not yet started. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(OrdersApplication.class).properties("spring.config.name=orders");
    }

    public static void main(String[] args) {
        application().run(args);
    }
}
