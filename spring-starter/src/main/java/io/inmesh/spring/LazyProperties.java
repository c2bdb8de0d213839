package io.inmesh.spring;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Binds {@link InmeshProperties} with the first who asks for them: Boot would read all of them at every start, whether or not anybody does. */
final class LazyProperties implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanNamesForType(InmeshProperties.class, false, false)) {
            if (beans.containsBeanDefinition(name)) {
                beans.getBeanDefinition(name).setLazyInit(true);
            }
        }
    }
}
