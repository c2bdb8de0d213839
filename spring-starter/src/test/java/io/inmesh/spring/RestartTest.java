package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** Devtools' restart: the application's classes come from a new class loader each time, the starter's stay. */
class RestartTest {
    private final Pod pod = Pod.start(81);
    private final ClassLoader own = Thread.currentThread().getContextClassLoader();

    /** Loaded anew for each restart. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {
        @Bean
        Callable<String> orders(RestClient.Builder builder) {
            RestClient client = builder.baseUrl("http://orders.shop").build();
            return () -> client.get().uri("/").retrieve().body(String.class) + " for a class of "
                    + getClass().getClassLoader().getClass().getSimpleName();
        }

        /** Called by way of that class loader. */
        public static ConfigurableApplicationContext start(String address) {
            return new SpringApplicationBuilder(Application.class)
                    .run(
                            "--server.port=0",
                            "--spring.main.banner-mode=off",
                            "--inmesh.services.orders.shop.endpoints=" + address,
                            "--inmesh.warm.targets=orders.shop:80");
        }
    }

    @AfterEach
    void stop() {
        Thread.currentThread().setContextClassLoader(own);
        pod.close();
    }

    private String startAndCall(ClassLoader loader) throws Exception {
        Thread.currentThread().setContextClassLoader(loader); // As devtools does on the thread that starts.
        Object context = loader.loadClass(Application.class.getName())
                .getMethod("start", String.class)
                .invoke(null, pod.endpoint().address());
        try (ConfigurableApplicationContext started = (ConfigurableApplicationContext) context) {
            return String.valueOf(started.getBean("orders", Callable.class).call());
        }
    }

    @Test
    void every_restart_has_a_mesh_of_its_own_and_nothing_of_the_last_one_runs_on() throws Exception {
        URL classes = Application.class.getProtectionDomain().getCodeSource().getLocation();
        List<ClassLoader> before = new ArrayList<>();
        for (int restart = 0; restart < 3; restart++) {
            ClassLoader loader = new RestartClassLoader(getClass().getClassLoader(), new URL[] {classes});
            assertThat(startAndCall(loader)).isEqualTo("pod-81 for a class of RestartClassLoader");
            Thread.currentThread().setContextClassLoader(own);
            before.add(loader);
        }
        // Boot's JDK client ends when it is collected, and pools that Reactor keeps for the process are not a
        // context's.
        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread -> thread.isAlive() && before.contains(thread.getContextClassLoader()))
                        .extracting(Thread::getName)
                        .filteredOn(name -> name.startsWith("inmesh"))
                        .isEmpty());
    }
}
