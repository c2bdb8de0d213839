package io.inmesh.samples.benchmarks.startup;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** A web application with one page, a client and the actuator. Says when it has started, and ends. */
@SpringBootApplication
public class SmallApplication {
    /** What the line begins with that says so; after it comes the processor time used so far, in ms. */
    static final String STARTED = "started after ";

    @RestController
    static class Page {
        private final RestClient client;

        Page(RestClient.Builder builder) {
            client = builder.baseUrl("http://127.0.0.1:9").build();
        }

        @GetMapping("/")
        String page() {
            return String.valueOf(client.get().retrieve().body(String.class));
        }
    }

    public static void main(String[] args) {
        ConfigurableApplicationContext started = SpringApplication.run(SmallApplication.class, args);
        Duration used = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException(
                        "the" + " operating system does not say how much processor time a process used"));
        System.out.println(STARTED + TimeUnit.NANOSECONDS.toMillis(used.toNanos()));
        started.close();
    }
}
