package io.inmesh.spring;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.core.ResolvableType;

/**
 * The application's beans that change what a certain HTTP library does. Hosts of ours are served by Reactor Netty, whichever library serves the others:
 * those for Reactor Netty are asked in any case, and of those for another library the log says that they have no say here.
 *
 * @param <C> Boot's interface of such beans, which has the builder's type as its parameter
 * @param <R> Boot's builder for Reactor Netty
 */
final class LibraryCustomizers<C, R> {
    private static final Logger log = LoggerFactory.getLogger(LibraryCustomizers.class);

    private final ConfigurableListableBeanFactory beans;
    private final Class<C> type;
    private final BiFunction<C, R, R> customizes;

    LibraryCustomizers(ConfigurableListableBeanFactory beans, Class<C> type, BiFunction<C, R, R> customizes) {
        this.beans = beans;
        this.type = type;
        this.customizes = customizes;
    }

    /** True if the application has no such bean, for whatever library. */
    boolean areNone() {
        return beans.getBeanNamesForType(type, true, false).length == 0;
    }

    /** What those for Reactor Netty make of its builder. */
    R customized(R builder) {
        List<C> all = beans.getBeanProvider(type).orderedStream().toList();
        AtomicReference<R> changed = new AtomicReference<>(builder);
        LambdaSafe.callbacks(type, all, builder)
                .invoke(customizer -> changed.updateAndGet(current -> customizes.apply(customizer, current)));
        return Objects.requireNonNull(changed.get(), "builder");
    }

    /** Says which have no say in requests to hosts of ours: those for the library that other hosts have. */
    void sayWhatDoesNotReach(Object builderOfOthers) {
        String[] names = beans.getBeanNamesForType(
                ResolvableType.forClassWithGenerics(type, builderOfOthers.getClass()), true, false);
        if (names.length > 0) {
            log.info(
                    "what {} changes of {} holds for hosts outside the mesh; requests to services go through Reactor Netty (for these, declare a {}"
                            + " of Reactor's builder)",
                    String.join(", ", names),
                    builderOfOthers.getClass().getSimpleName(),
                    type.getSimpleName());
        }
    }
}
