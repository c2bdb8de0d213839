package io.inmesh.samples.shop;

import io.inmesh.samples.shop.orders.Receipt;
import io.inmesh.samples.shop.orders.Wish;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.web.client.RestClient;

/** Opens the shop, places orders, shuts one instance of inventory down while more are placed, and says who answered. */
public final class Main {
    private static final String STAY = "--stay";

    private final RestClient customer;
    private final PrintStream out;

    private Main(String shop, PrintStream out) {
        this.customer = RestClient.create(shop);
        this.out = out;
    }

    public static void main(String[] args) throws InterruptedException {
        boolean stays = List.of(args).contains(STAY);
        try (Shop shop = Shop.open(stays ? 8080 : 0)) {
            play(shop, System.out);
            if (stays) {
                System.out.printf(
                        "The shop stays open until you stop it. Look at %1$s/actuator/inmesh, or order:%n"
                                + "curl -H 'Content-Type: application/json' -d '{\"item\": \"tea\", \"pieces\": 2}' %1$s/orders%n",
                        shop.url());
                Thread.currentThread().join();
            }
        }
    }

    static void play(Shop shop, PrintStream out) throws InterruptedException {
        Main main = new Main(shop.url(), out);
        main.place("Two instances of inventory", 40);
        Thread stopping = new Thread(shop::stopFirstInventory, "stopping");
        stopping.start();
        main.place("While one shuts down", 200);
        stopping.join();
        main.place("With the other alone", 40);
    }

    /** Places so many orders, one after the other. The first that fails ends the program. */
    private void place(String when, int count) {
        List<Receipt> receipts =
                IntStream.range(0, count).mapToObj(i -> order()).toList();
        out.printf("%s: %d orders%n", when, count);
        out.printf("  priced by REST    %s%n", shares(receipts, Receipt::pricedBy));
        out.printf("  counted by gRPC   %s%n", shares(receipts, Receipt::countedBy));
    }

    private Receipt order() {
        return customer.post()
                .uri("/orders")
                .body(new Wish("tea", 2))
                .retrieve()
                .requiredBody(Receipt.class);
    }

    private static Map<String, Long> shares(List<Receipt> receipts, Function<Receipt, String> who) {
        return receipts.stream().collect(Collectors.groupingBy(who, TreeMap::new, Collectors.counting()));
    }
}
