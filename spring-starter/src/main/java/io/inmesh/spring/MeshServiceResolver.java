package io.inmesh.spring;

import io.inmesh.api.LoadBalancer;
import java.lang.reflect.AnnotatedElement;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Answers injection points that carry {@link MeshService}, the way Spring itself answers those that carry {@code @Value}: there are as many
 * balancers as targets, so they are no beans. All other injection points are left to Spring.
 */
final class MeshServiceResolver extends ContextAnnotationAutowireCandidateResolver {

    @Override
    public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
        MeshService service = find(descriptor);
        return service == null ? super.getSuggestedValue(descriptor) : balancer(service.value(), descriptor);
    }

    private static @Nullable MeshService find(DependencyDescriptor descriptor) {
        return AnnotatedElementUtils.getMergedAnnotation(
                AnnotatedElementUtils.forAnnotations(descriptor.getAnnotations()), MeshService.class);
    }

    private Object balancer(String written, DependencyDescriptor descriptor) {
        if (!descriptor.getDependencyType().equals(LoadBalancer.class)) {
            throw new InvalidMeshServiceException(
                    written,
                    where(descriptor),
                    "it is injected as " + descriptor.getDependencyType().getName() + " (expected: "
                            + LoadBalancer.class.getName() + ")",
                    null);
        }
        BeanFactory beans = getBeanFactory();
        if (beans == null) {
            throw new IllegalStateException("@MeshService at " + where(descriptor)
                    + " is asked for before there are beans (expected: a resolver that its bean factory knows)");
        }
        String filled = beans instanceof ConfigurableBeanFactory configurable
                ? configurable.resolveEmbeddedValue(written)
                : written;
        String target = filled == null ? written : filled;
        try {
            return beans.getBean(MeshServices.class).named(target);
        } catch (IllegalArgumentException e) {
            throw new InvalidMeshServiceException(target, where(descriptor), String.valueOf(e.getMessage()), e);
        }
    }

    /** Where the annotation stands, in the words of Boot's own failure analyzers. */
    private static String where(DependencyDescriptor descriptor) {
        MethodParameter parameter = descriptor.getMethodParameter();
        AnnotatedElement element = descriptor.getAnnotatedElement();
        if (parameter == null) {
            return "field " + (descriptor.getField() == null ? element : nameOf(descriptor));
        }
        String executable = parameter.getConstructor() != null
                ? "constructor"
                : "method " + parameter.getExecutable().getName();
        return "parameter " + parameter.getParameterIndex() + " of " + executable + " in "
                + parameter.getDeclaringClass().getName();
    }

    private static String nameOf(DependencyDescriptor descriptor) {
        return descriptor.getMember().getName() + " in "
                + descriptor.getMember().getDeclaringClass().getName();
    }
}
