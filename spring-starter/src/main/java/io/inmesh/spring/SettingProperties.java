package io.inmesh.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Reads the properties below a prefix as settings, of which each may be spelled in several ways. What counts is what Spring Boot would bind: the first
 * source that says something of a setting, and all of a list from there, never items of several sources.
 */
final class SettingProperties {
    private static final Bindable<String> TEXT = Bindable.of(String.class);
    private static final Bindable<List<String>> LIST = Bindable.listOf(String.class);

    private final Binder binder;
    private final WrittenProperties written;

    SettingProperties(Binder binder, WrittenProperties written) {
        this.binder = binder;
        this.written = written;
    }

    /**
     * Reads them.
     *
     * @param settingOf what is set by that which follows the prefix; null if it is nothing known
     * @param keyOf the setting's key
     * @param unknown why something unknown is refused
     * @return lists as texts between commas
     * @throws InvalidPropertyException if a setting is unknown, or the prefix itself says something
     */
    <S> Map<S, String> read(
            String prefix,
            Function<String, @Nullable S> settingOf,
            Function<S, String> keyOf,
            Function<String, String> unknown) {
        ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
        refuseText(root);
        Map<S, String> settings = new LinkedHashMap<>();
        for (ConfigurationPropertyName name : written.namesBelow(root)) {
            ConfigurationPropertyName list = listOf(name);
            S setting = settingOf.apply(entry(root, list));
            boolean isList = setting != null && ServiceProperties.LISTS.contains(keyOf.apply(setting));
            if (setting == null || !(isList || list.equals(name))) {
                String value = binder.bind(name, TEXT).orElse(null);
                throw written.refusal(name, value, unknown.apply(entry(root, name)));
            }
            if (!settings.containsKey(setting)) { // What is spelled otherwise is of a source that counts less.
                String value = isList ? list(list) : binder.bind(name, TEXT).orElse(null);
                if (value != null) {
                    settings.put(setting, value);
                }
            }
        }
        return settings;
    }

    /** Not an empty one: that is what YAML says where all below is a comment. */
    private void refuseText(ConfigurationPropertyName root) {
        String text = binder.bind(root, TEXT).orElse("");
        if (!text.isBlank()) {
            throw written.refusal(
                    root,
                    text,
                    "'" + root + "' says nothing by itself (expected: settings below it, each a property of its own)");
        }
    }

    private @Nullable String list(ConfigurationPropertyName name) {
        return binder.bind(name, LIST).map(items -> String.join(",", items)).orElse(null);
    }

    /** The list of which that is an item, or the name itself. */
    private static ConfigurationPropertyName listOf(ConfigurationPropertyName name) {
        return name.isNumericIndex(name.getNumberOfElements() - 1) ? name.getParent() : name;
    }

    /** What follows the prefix, without brackets. */
    private static String entry(ConfigurationPropertyName root, ConfigurationPropertyName name) {
        StringBuilder entry = new StringBuilder();
        for (int i = root.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            entry.append(entry.length() == 0 ? "" : ".").append(name.getElement(i, Form.ORIGINAL));
        }
        return entry.toString();
    }
}
