package io.inmesh.spring;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;

/** Every HTTP client that Boot makes, each for a GET of some URL. */
enum Client {
    REST_CLIENT(ResourceAccessException.class) {
        @Override
        String get(ApplicationContext started, String url) {
            return OrdersFixture.get(OrdersFixture.client(started), url);
        }
    },
    REST_TEMPLATE(ResourceAccessException.class) {
        @Override
        String get(ApplicationContext started, String url) {
            return String.valueOf(
                    started.getBean(RestTemplateBuilder.class).build().getForObject(URI.create(url), String.class));
        }
    },
    INTERFACE(ResourceAccessException.class) {
        @Override
        ApplicationContextRunner in(ApplicationContextRunner context) {
            return context.withConfiguration(AutoConfigurations.of(
                            HttpServiceClientPropertiesAutoConfiguration.class,
                            HttpServiceClientAutoConfiguration.class))
                    .withUserConfiguration(Blocking.class);
        }

        @Override
        String get(ApplicationContext started, String url) {
            return started.getBean(Service.class).get(URI.create(url));
        }
    },
    WEB_CLIENT(WebClientRequestException.class) {
        @Override
        ApplicationContextRunner in(ApplicationContextRunner context) {
            return Contexts.withWebClient(context);
        }

        @Override
        String get(ApplicationContext started, String url) {
            WebClient client = started.getBean(WebClient.Builder.class).build();
            return said(client.get().uri(URI.create(url)).retrieve().bodyToMono(String.class));
        }
    },
    REACTIVE_INTERFACE(WebClientRequestException.class) {
        @Override
        ApplicationContextRunner in(ApplicationContextRunner context) {
            return Contexts.withWebClient(context)
                    .withConfiguration(AutoConfigurations.of(
                            HttpServiceClientPropertiesAutoConfiguration.class,
                            ReactiveHttpServiceClientAutoConfiguration.class))
                    .withUserConfiguration(Reactive.class);
        }

        @Override
        String get(ApplicationContext started, String url) {
            return said(started.getBean(ReactiveService.class).get(URI.create(url)));
        }
    };

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Class<? extends RuntimeException> failure;

    Client(Class<? extends RuntimeException> failure) {
        this.failure = failure;
    }

    /** What its users expect to be thrown where no answer came. */
    Class<? extends RuntimeException> failure() {
        return failure;
    }

    /** The context of an application that has it. */
    ApplicationContextRunner in(ApplicationContextRunner context) {
        return context;
    }

    /** Gets that URL. */
    abstract String get(ApplicationContext started, String url);

    private static String said(Mono<String> answer) {
        return String.valueOf(answer.block(LIMIT));
    }

    /** Asks for what it is told to. */
    interface Service {
        @GetExchange
        String get(URI uri);
    }

    /** The same without waiting. */
    interface ReactiveService {
        @GetExchange
        Mono<String> get(URI uri);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "orders", types = Service.class)
    static class Blocking {}

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "orders", types = ReactiveService.class, clientType = ClientType.WEB_CLIENT)
    static class Reactive {}
}
