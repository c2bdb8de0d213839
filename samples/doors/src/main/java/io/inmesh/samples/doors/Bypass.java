package io.inmesh.samples.doors;

import io.inmesh.spring.MeshBypass;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** One client that reaches its service by DNS, while all others go to pods. */
@Configuration(proxyBeanMethods = false)
class Bypass {
    @Bean
    RestClient legacy(
            RestClient.Builder builder, ClientHttpRequestFactoryBuilder<?> factories, HttpClientSettings settings) {
        return builder.requestFactory(MeshBypass.factories(factories).build(settings))
                .baseUrl("http://legacy.shop")
                .build();
    }
}
