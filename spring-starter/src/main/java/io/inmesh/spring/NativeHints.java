package io.inmesh.spring;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image must keep: the records of properties, whose components are looked up to find misspelt names. Services of {@code META-INF/services}
 * native images find by themselves, and what Spring binds and injects is Spring's own to tell.
 */
final class NativeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        keep(hints, InmeshProperties.class);
        for (RecordComponent component : InmeshProperties.class.getRecordComponents()) {
            if (component.getType().isRecord()) {
                keep(hints, component.getType());
            }
        }
    }

    /** An image that knows a record's methods knows its components. */
    private static void keep(RuntimeHints hints, Class<?> type) {
        hints.reflection().registerType(type, MemberCategory.INVOKE_DECLARED_METHODS);
    }
}
