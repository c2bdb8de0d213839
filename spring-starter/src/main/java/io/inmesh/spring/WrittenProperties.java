package io.inmesh.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The properties under {@code inmesh.} that somebody wrote, and where. */
final class WrittenProperties {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(InmeshProperties.PREFIX);

    private final Iterable<ConfigurationPropertySource> sources;

    WrittenProperties(Environment environment) {
        sources = ConfigurationPropertySources.get(environment);
    }

    /**
     * Every name. Environment variables are left out: a cluster sets INMESH_SERVICE_HOST and the like for a Service of the name inmesh,
     * and nobody wrote those.
     */
    List<ConfigurationPropertyName> names() {
        List<ConfigurationPropertyName> names = new ArrayList<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                iterable.stream().filter(PREFIX::isAncestorOf).forEach(names::add);
            }
        }
        return names;
    }

    /** Every name below that one, of variables of the environment too: those of the source that counts most first. One that equals another may be spelled otherwise. */
    List<ConfigurationPropertyName> namesBelow(ConfigurationPropertyName prefix) {
        List<ConfigurationPropertyName> names = new ArrayList<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream().filter(prefix::isAncestorOf).forEach(names::add);
            }
        }
        return names;
    }

    /** Whether anybody may have written one, in variables of the environment too. */
    boolean isAny() {
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable
                    ? iterable.stream().anyMatch(name -> PREFIX.isAncestorOf(name) && !isOfTheCluster(name))
                    : source.containsDescendantOf(PREFIX) != ConfigurationPropertyState.ABSENT) {
                return true;
            }
        }
        return false;
    }

    /** Variables that Kubernetes sets for a Service of the name inmesh. */
    private static boolean isOfTheCluster(ConfigurationPropertyName name) {
        String first = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
        return first.equals("service") || first.equals("port");
    }

    /** The property as it counts, or null if nobody wrote it. The first item stands for a list. */
    @Nullable
    ConfigurationProperty find(ConfigurationPropertyName name) {
        ConfigurationPropertyName first = name.append("[0]");
        for (ConfigurationPropertySource source : sources) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            ConfigurationProperty found = property == null ? source.getConfigurationProperty(first) : property;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The name under which the item of a list was written: its own in YAML, the list's where the items stand between commas. */
    ConfigurationPropertyName item(ConfigurationPropertyName list, int index) {
        ConfigurationPropertyName indexed = list.append("[" + index + "]");
        return find(indexed) == null ? list : indexed;
    }

    /** The refusal of a property with that value. */
    InvalidPropertyException refusal(ConfigurationPropertyName name, @Nullable Object value, String reason) {
        ConfigurationProperty property = find(name);
        return new InvalidPropertyException(
                name.toString(), value, property == null ? null : property.getOrigin(), reason);
    }
}
