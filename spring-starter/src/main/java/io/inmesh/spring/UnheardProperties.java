package io.inmesh.spring;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Properties of the mesh where the application has a mesh of its own, which knows nothing of them. */
final class UnheardProperties {
    private static final Logger log = LoggerFactory.getLogger(UnheardProperties.class);

    private static final List<ConfigurationPropertyName> OF_THE_MESH = List.of(
            name(".defaults"), name(".services"), name(".startup-wait"), name(".close-wait"), name(".self.service"));

    private UnheardProperties() {}

    private static ConfigurationPropertyName name(String rest) {
        return ConfigurationPropertyName.of(InmeshProperties.PREFIX + rest);
    }

    /** Names them in one warning, if there are any. */
    static void warn(WrittenProperties written) {
        List<String> unheard = written.names().stream()
                .filter(name -> OF_THE_MESH.stream().anyMatch(one -> one.equals(name) || one.isAncestorOf(name)))
                .map(ConfigurationPropertyName::toString)
                .filter(name -> !name.endsWith("." + ServiceProperties.PORT)) // HTTP clients know that without it.
                .sorted()
                .toList();
        if (!unheard.isEmpty()) {
            log.warn(
                    "the application's own Mesh bean knows nothing of {}; give it those settings in code, or leave the"
                            + " bean to the starter and change it by a MeshCustomizer",
                    String.join(", ", unheard));
        }
    }
}
