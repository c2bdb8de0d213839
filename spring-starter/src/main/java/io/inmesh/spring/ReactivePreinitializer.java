package io.inmesh.spring;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Where Reactor is on the class path, as it is with our HTTP client, Spring's web frameworks look at it while they start, whether anybody uses it or
 * not, and that loads some hundred classes. They are loaded beside the start instead, on the thread that Boot has for such things.
 */
final class ReactivePreinitializer implements BackgroundPreinitializer {
    private static final String[] WHO_LOOKS = {
        "org.springframework.web.servlet.DispatcherServlet", "org.springframework.web.reactive.DispatcherHandler"
    };

    @Override
    public void preinitialize() {
        ClassLoader loader = ReactivePreinitializer.class.getClassLoader();
        for (String name : WHO_LOOKS) {
            if (ClassUtils.isPresent(name, loader)) {
                ReactiveAdapterRegistry.getSharedInstance();
                return;
            }
        }
    }
}
