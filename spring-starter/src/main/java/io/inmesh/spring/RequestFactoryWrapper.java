package io.inmesh.spring;

import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.MeshRequestFactoryBuilder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts our builder before each {@link ClientHttpRequestFactoryBuilder} bean, Boot's or the application's own. At the bean and not at
 * RestClient.Builder, because there settings such as a client's own SSL bundle or timeouts are still to come.
 */
final class RequestFactoryWrapper implements BeanPostProcessor {
    private static final Logger log = LoggerFactory.getLogger(RequestFactoryWrapper.class);
    private static final String DECLARED = ClientHttpRequestFactoryBuilder.class.getName();

    private final ConfigurableListableBeanFactory beans;
    private final Supplier<MeshHttp> http;

    RequestFactoryWrapper(ConfigurableListableBeanFactory beans, Supplier<MeshHttp> http) {
        this.beans = beans;
        this.http = SingletonSupplier.of(http);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof ClientHttpRequestFactoryBuilder<?> builder)
                || bean instanceof MeshRequestFactoryBuilder) {
            return bean;
        }
        String declared = declaredType(beanName);
        if (!declared.equals(DECLARED)) {
            log.warn(
                    "bean {} is declared as {}, which nothing else can stand in for: its HTTP clients reach services by DNS,"
                            + " not through inmesh; declare its method's type as ClientHttpRequestFactoryBuilder<?>",
                    beanName,
                    declared);
            return bean;
        }
        return new MeshRequestFactoryBuilder<>(builder, http);
    }

    /** What the bean's method says it returns; those who inject the bean may rely on it. */
    private String declaredType(String beanName) {
        BeanDefinition definition = beans.containsBeanDefinition(beanName) ? beans.getBeanDefinition(beanName) : null;
        return definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null
                ? annotated.getFactoryMethodMetadata().getReturnTypeName()
                : DECLARED;
    }
}
