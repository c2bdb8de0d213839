package io.inmesh.spring;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Binds {@link InmeshProperties} with the first who asks for them: Boot would read all of them at every start, whether or not anybody does. */
final class LazyProperties implements BeanFactoryPostProcessor {

    /** As Boot names the bean of a class of properties. To look for beans by their type here would cost more than the rest of this library at a start. */
    private static final String NAME = InmeshProperties.PREFIX + "-" + InmeshProperties.class.getName();

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (beans.containsBeanDefinition(NAME)) {
            beans.getBeanDefinition(NAME).setLazyInit(true);
        }
    }
}
