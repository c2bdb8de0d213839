package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.ResolverProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** {@code spring.threads.virtual.enabled}, which does nothing before JDK 21. */
class VirtualThreadsTest extends OrdersFixture {
    /** More than a machine for tests has cores, so that one thread that keeps its carrier would be noticed. */
    private static final int AT_ONCE = 64;

    private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {
        @Bean
        Page page(RestClient.Builder builder) {
            return new Page(builder.build());
        }
    }

    @RestController
    static class Page {
        private final RestClient client;

        Page(RestClient client) {
            this.client = client;
        }

        @GetMapping("/page")
        String page() {
            String kind = Thread.currentThread().toString().startsWith("VirtualThread") ? "virtual " : "platform ";
            return kind + get(client, "http://orders.shop/");
        }
    }

    private ConfigurableApplicationContext start() {
        ApplicationContextInitializer<GenericApplicationContext> fakeCluster =
                started -> started.registerBean("cluster", ResolverProvider.class, () -> cluster);
        return new SpringApplicationBuilder(Shop.class)
                .initializers(fakeCluster)
                .run("--server.port=0", "--spring.main.banner-mode=off", "--spring.threads.virtual.enabled=true");
    }

    @Test
    void requests_that_wait_for_pods_at_the_same_time_do_not_wait_for_each_other() {
        CountDownLatch all = new CountDownLatch(AT_ONCE);
        Pod slow = pod().answering(exchange -> {
            all.countDown();
            try {
                Pod.answer(exchange, all.await(1, TimeUnit.MINUTES) ? 200 : 500, "together");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ordersAre(slow);
        try (ConfigurableApplicationContext started = start()) {
            HttpClient browser = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                            + started.getEnvironment().getRequiredProperty("local.server.port") + "/page"))
                    .build();
            List<CompletableFuture<HttpResponse<String>>> pages = IntStream.range(0, AT_ONCE)
                    .mapToObj(i -> browser.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                    .toList();
            assertThat(pages).allSatisfy(page -> assertThat(page.join().body())
                    .isEqualTo((VIRTUAL ? "virtual " : "platform ") + "together"));
            assertThat(inFlight(started)).isZero();
        }
    }
}
