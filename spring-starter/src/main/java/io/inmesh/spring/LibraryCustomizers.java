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

/** The application's beans that change what a certain HTTP library does: which library serves services is not the application's choice. */
final class LibraryCustomizers {
    private static final Logger log = LoggerFactory.getLogger(LibraryCustomizers.class);

    private final ConfigurableListableBeanFactory beans;
    private final Class<?> type;

    /**
     * Creates it.
     *
     * @param type Boot's interface of such beans, which has the builder's type as its parameter
     */
    LibraryCustomizers(ConfigurableListableBeanFactory beans, Class<?> type) {
        this.beans = beans;
        this.type = type;
    }

    /** True if the application has no such bean, for whatever library. */
    boolean areNone() {
        return beans.getBeanNamesForType(type, true, false).length == 0;
    }

    /** What those for that builder make of it. */
    <C, B> B customized(B builder, Class<C> customizers, BiFunction<C, B, B> customizes) {
        List<C> all = beans.getBeanProvider(customizers).orderedStream().toList();
        AtomicReference<B> changed = new AtomicReference<>(builder);
        LambdaSafe.callbacks(customizers, all, builder)
                .invoke(customizer -> changed.updateAndGet(current -> customizes.apply(customizer, current)));
        return Objects.requireNonNull(changed.get(), "builder");
    }

    /**
     * Says which have no say in requests to hosts of ours: those for the library that other hosts have.
     *
     * @param instead what holds for these
     */
    void sayWhatDoesNotReach(Object builderOfOthers, String instead) {
        String[] names = beans.getBeanNamesForType(
                ResolvableType.forClassWithGenerics(type, builderOfOthers.getClass()), true, false);
        if (names.length > 0) {
            log.info(
                    "what {} changes of {} holds for hosts outside the mesh; {}",
                    String.join(", ", names),
                    builderOfOthers.getClass().getSimpleName(),
                    instead);
        }
    }
}
