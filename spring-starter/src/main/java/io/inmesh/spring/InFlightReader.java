package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshMeters;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Shows the mesh to its meters once both are there, whenever that is: a mesh that is made lazily stays lazy. */
final class InFlightReader implements BeanPostProcessor {
    private final ObjectProvider<MeshMeters> meters;

    InFlightReader(ObjectProvider<MeshMeters> meters) {
        this.meters = meters;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Mesh mesh) {
            meters.ifUnique(each -> each.readInFlight(mesh));
        }
        return bean;
    }
}
