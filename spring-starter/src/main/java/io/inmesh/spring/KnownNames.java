package io.inmesh.spring;

import io.inmesh.balancer.config.Names;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Refuses names under {@code inmesh.} that do not exist: Boot itself passes over them, and a misspelt setting would silently not hold. */
final class KnownNames {
    private static final Set<String> READ_ELSEWHERE = Set.of("defaults", "services"); // ServiceProperties checks those.

    private KnownNames() {}

    /** Throws an {@link InvalidPropertyException} for the first unknown name. */
    static void check(WrittenProperties written) {
        for (ConfigurationPropertyName name : written.names()) {
            Set<String> valid = new TreeSet<>(components(InmeshProperties.class));
            valid.addAll(READ_ELSEWHERE);
            refuseUnless(valid, name, 1, written);
            Class<?> block = blockOf(name.getElement(1, Form.UNIFORM));
            if (block != null && name.getNumberOfElements() > 2) {
                refuseUnless(components(block), name, 2, written);
            }
        }
    }

    /** The record of the properties below that name, or null if there are none. */
    private static @Nullable Class<?> blockOf(String found) {
        return Arrays.stream(InmeshProperties.class.getRecordComponents())
                .filter(component -> uniform(DataObjectPropertyName.toDashedForm(component.getName()))
                                .equals(found)
                        && component.getType().isRecord())
                .map(RecordComponent::getType)
                .findFirst()
                .orElse(null);
    }

    private static void refuseUnless(
            Set<String> valid, ConfigurationPropertyName name, int index, WrittenProperties written) {
        String found = name.getElement(index, Form.UNIFORM);
        if (valid.stream().noneMatch(each -> uniform(each).equals(found))) {
            ConfigurationProperty property = written.find(name);
            throw written.refusal(
                    name,
                    property == null ? null : property.getValue(),
                    String.valueOf(Names.unknown("property", name.getElement(index, Form.DASHED), valid)
                            .getMessage()));
        }
    }

    private static String uniform(String dashed) {
        return dashed.replace("-", "");
    }

    private static Set<String> components(Class<?> type) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm)
                .forEach(names::add);
        return names;
    }
}
