package io.inmesh.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.util.ClassUtils;

/**
 * Boot's detection of HTTP client libraries as it would turn out without our jar: Reactor Netty, which we bring for hosts of ours, counts only if
 * the application brings it too. That cannot be seen on the class path, where a jar is there once; taken as a sign are Boot's own modules that come
 * with it, {@code spring-boot-webclient} and {@code spring-boot-reactor-netty}. Who uses Reactor Netty without them says so with {@code
 * spring.http.clients.imperative.factory=reactor}.
 */
final class ClientDetection {
    private static final String[] SIGNS = {
        "org.springframework.boot.webclient.WebClientCustomizer",
        "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory"
    };

    private final @Nullable ClassLoader seen;

    private ClientDetection(@Nullable ClassLoader seen) {
        this.seen = seen;
    }

    /** Detection among the classes of that loader, the context's if null. */
    static ClientDetection of(@Nullable ClassLoader given) {
        ClassLoader loader = given == null ? ClassUtils.getDefaultClassLoader() : given;
        for (String sign : SIGNS) {
            if (ClassUtils.isPresent(sign, loader)) {
                return new ClientDetection(loader);
            }
        }
        return new ClientDetection(new WithoutReactorNetty(loader));
    }

    ClientHttpRequestFactoryBuilder<?> requestFactoryBuilder() {
        return ClientHttpRequestFactoryBuilder.detect(seen);
    }

    ClientHttpConnectorBuilder<?> connectorBuilder() {
        return ClientHttpConnectorBuilder.detect(seen);
    }

    /** Finds everything its parent finds, but for Reactor Netty. Defines no class. */
    private static final class WithoutReactorNetty extends ClassLoader {
        private WithoutReactorNetty(@Nullable ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("reactor.netty.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
