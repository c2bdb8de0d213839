package io.inmesh.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Bean;

/**
 * Keeps Boot's choice of an HTTP client library what it would be without our jar. Holds with {@code inmesh.enabled=false} too: the jar is on
 * the class path all the same.
 */
@AutoConfiguration
@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
public final class InmeshClientDetectionAutoConfiguration {

    @Bean
    static DetectionKeeper inmeshDetectionKeeper() {
        return new DetectionKeeper();
    }
}
