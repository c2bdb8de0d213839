package io.inmesh.samples.shop;

import io.inmesh.samples.shop.inventory.InventoryApplication;
import io.inmesh.samples.shop.orders.OrdersApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Two instances of inventory and one of orders in this process, each on ports of its own. Properties say where inventory is; the code is the cluster's. */
public final class Shop implements AutoCloseable {
    private final List<ConfigurableApplicationContext> inventory;
    private final ConfigurableApplicationContext orders;

    private Shop(List<ConfigurableApplicationContext> inventory, ConfigurableApplicationContext orders) {
        this.inventory = inventory;
        this.orders = orders;
    }

    /** Opens it; orders listens on that port, or any free one if it is 0. What does not start as a whole leaves nothing behind. */
    public static Shop open(int port) {
        List<ConfigurableApplicationContext> inventory = new ArrayList<>();
        try {
            inventory.add(inventory("inventory-1"));
            inventory.add(inventory("inventory-2"));
            return new Shop(inventory, orders(port, inventory));
        } catch (Throwable e) {
            inventory.forEach(ConfigurableApplicationContext::close);
            throw e;
        }
    }

    private static ConfigurableApplicationContext orders(int port, List<? extends ApplicationContext> inventory) {
        return quiet(OrdersApplication.application())
                .run(
                        "--server.port=" + port,
                        "--inmesh.services[inventory.shop:http].endpoints=" + addresses(inventory, Shop::httpPort),
                        "--inmesh.services[inventory.shop:grpc].endpoints=" + addresses(inventory, Shop::grpcPort));
    }

    private static ConfigurableApplicationContext inventory(String instance) {
        return quiet(InventoryApplication.application())
                .run("--server.port=0", "--spring.grpc.server.port=0", "--inventory.instance=" + instance);
    }

    /** What three applications have to say at start would hide what the shop shows. */
    private static SpringApplicationBuilder quiet(SpringApplicationBuilder application) {
        return application.bannerMode(Banner.Mode.OFF).properties("logging.level.root=warn");
    }

    private static String addresses(
            List<? extends ApplicationContext> inventory, ToIntFunction<ApplicationContext> port) {
        return inventory.stream()
                .map(each -> "localhost:" + port.applyAsInt(each))
                .collect(Collectors.joining(","));
    }

    private static int httpPort(ApplicationContext application) {
        return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static int grpcPort(ApplicationContext application) {
        return application.getBean(GrpcServerLifecycle.class).getPort();
    }

    /** Where orders are placed. */
    public String url() {
        return "http://localhost:" + httpPort(orders);
    }

    /** Shuts the first instance of inventory down, as a rolling update would. */
    public void stopFirstInventory() {
        inventory.get(0).close();
    }

    @Override
    public void close() {
        orders.close();
        inventory.forEach(ConfigurableApplicationContext::close);
    }
}
