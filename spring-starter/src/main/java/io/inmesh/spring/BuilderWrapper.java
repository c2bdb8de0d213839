package io.inmesh.spring;

import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Puts our builder before each bean of Boot's interface for builders of HTTP client libraries, Boot's own beans or the application's. At that bean and
 * not at RestClient.Builder or WebClient.Builder, because there settings such as a client's own SSL bundle or timeouts are still to come.
 *
 * @param <B> the interface, of any client library
 */
final class BuilderWrapper<B> implements BeanPostProcessor {
    private static final Logger log = LoggerFactory.getLogger(BuilderWrapper.class);

    private final ConfigurableListableBeanFactory beans;
    private final Class<? super B> type;
    private final UnaryOperator<B> ours;

    /**
     * Creates it.
     *
     * @param ours puts our builder before one; leaves one that is ours alone
     */
    BuilderWrapper(ConfigurableListableBeanFactory beans, Class<? super B> type, UnaryOperator<B> ours) {
        this.beans = beans;
        this.type = type;
        this.ours = ours;
    }

    @Override
    @SuppressWarnings("unchecked") // It is of the interface, and what it builds nobody here looks at.
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!type.isInstance(bean)) {
            return bean;
        }
        Class<?> declared = declaredType(beanName);
        if (!declared.isAssignableFrom(type)) {
            log.warn(
                    "bean {} is declared as {}, which nothing else can stand in for: its HTTP clients reach services by DNS,"
                            + " not through inmesh; declare it by a method of type {}<?>",
                    beanName,
                    declared.getName(),
                    type.getSimpleName());
            return bean;
        }
        return ours.apply((B) bean);
    }

    /**
     * What the bean's definition says it is, whether a method, a class or a factory makes it and also where it was processed ahead of time; those
     * who inject the bean may rely on it.
     */
    private Class<?> declaredType(String beanName) {
        if (!beans.containsBeanDefinition(beanName)) {
            return type;
        }
        ResolvableType declared = beans.getMergedBeanDefinition(beanName).getResolvableType();
        ResolvableType factory = declared.as(FactoryBean.class);
        return (factory.equals(ResolvableType.NONE) ? declared : factory.getGeneric()).resolve(type);
    }
}
