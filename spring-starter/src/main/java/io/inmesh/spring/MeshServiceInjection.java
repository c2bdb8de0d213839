package io.inmesh.spring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/** Teaches the context's bean factory {@link MeshService}. First of all post-processors, so that those who extend Spring's resolver find ours. */
final class MeshServiceInjection implements BeanFactoryPostProcessor, PriorityOrdered {
    private static final Logger log = LoggerFactory.getLogger(MeshServiceInjection.class);

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        AutowireCandidateResolver known =
                beans instanceof DefaultListableBeanFactory factory ? factory.getAutowireCandidateResolver() : null;
        if (known != null
                && known.getClass().equals(ContextAnnotationAutowireCandidateResolver.class)
                && beans instanceof DefaultListableBeanFactory factory) {
            factory.setAutowireCandidateResolver(new MeshServiceResolver());
        } else {
            log.warn(
                    "@MeshService is not injected in this context: {} decides over injection (expected: Spring's own {});"
                            + " get balancers from the bean of type Mesh",
                    known == null ? beans : known,
                    ContextAnnotationAutowireCandidateResolver.class.getSimpleName());
        }
    }
}
