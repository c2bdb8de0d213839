package io.inmesh.spring;

import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

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
        String declared = declaredType(beanName);
        if (!declared.equals(type.getName())) {
            log.warn(
                    "bean {} is declared as {}, which nothing else can stand in for: its HTTP clients reach services by DNS,"
                            + " not through inmesh; declare its method's type as {}<?>",
                    beanName,
                    declared,
                    type.getSimpleName());
            return bean;
        }
        return ours.apply((B) bean);
    }

    /** What the bean's method says it returns; those who inject the bean may rely on it. */
    private String declaredType(String beanName) {
        BeanDefinition definition = beans.containsBeanDefinition(beanName) ? beans.getBeanDefinition(beanName) : null;
        return definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null
                ? annotated.getFactoryMethodMetadata().getReturnTypeName()
                : type.getName();
    }
}
