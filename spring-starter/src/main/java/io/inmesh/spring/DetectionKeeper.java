package io.inmesh.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientsProperties;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientsProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

/**
 * Says in Boot's own properties which client library Boot would choose without our jar, where the application says nothing. Through the
 * properties, so that all that Boot does about the choice (customizers, virtual threads) stays as it is.
 */
final class DetectionKeeper implements BeanPostProcessor, BeanClassLoaderAware {
    private @Nullable ClassLoader loader;

    @Override
    public void setBeanClassLoader(ClassLoader given) {
        loader = given;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ImperativeHttpClientsProperties properties && properties.getFactory() == null) {
            properties.setFactory(factory(ClientDetection.of(loader).requestFactoryBuilder()));
        }
        if (bean instanceof ReactiveHttpClientsProperties properties && properties.getConnector() == null) {
            properties.setConnector(connector(ClientDetection.of(loader).connectorBuilder()));
        }
        return bean;
    }

    private static ImperativeHttpClientsProperties.Factory factory(ClientHttpRequestFactoryBuilder<?> detected) {
        if (detected instanceof HttpComponentsClientHttpRequestFactoryBuilder) {
            return ImperativeHttpClientsProperties.Factory.HTTP_COMPONENTS;
        }
        if (detected instanceof JettyClientHttpRequestFactoryBuilder) {
            return ImperativeHttpClientsProperties.Factory.JETTY;
        }
        if (detected instanceof ReactorClientHttpRequestFactoryBuilder) {
            return ImperativeHttpClientsProperties.Factory.REACTOR;
        }
        return detected instanceof JdkClientHttpRequestFactoryBuilder
                ? ImperativeHttpClientsProperties.Factory.JDK
                : ImperativeHttpClientsProperties.Factory.SIMPLE;
    }

    private static ReactiveHttpClientsProperties.Connector connector(ClientHttpConnectorBuilder<?> detected) {
        if (detected instanceof ReactorClientHttpConnectorBuilder) {
            return ReactiveHttpClientsProperties.Connector.REACTOR;
        }
        if (detected instanceof JettyClientHttpConnectorBuilder) {
            return ReactiveHttpClientsProperties.Connector.JETTY;
        }
        return detected instanceof HttpComponentsClientHttpConnectorBuilder
                ? ReactiveHttpClientsProperties.Connector.HTTP_COMPONENTS
                : ReactiveHttpClientsProperties.Connector.JDK;
    }
}
