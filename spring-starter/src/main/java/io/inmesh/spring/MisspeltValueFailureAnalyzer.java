package io.inmesh.spring;

import io.inmesh.balancer.config.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;

/**
 * For a property of ours that takes one of a few words: Boot's own text lists them, ours names the nearest too. Before Boot's, which would
 * answer as well; values of other kinds are left to it.
 */
@Order(0)
final class MisspeltValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(InmeshProperties.PREFIX);

    private final InvalidPropertyFailureAnalyzer words = new InvalidPropertyFailureAnalyzer();

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationProperty property = cause.getProperty();
        ConversionFailedException failed = findCause(cause, ConversionFailedException.class);
        if (property == null || failed == null || !PREFIX.isAncestorOf(property.getName())) {
            return null;
        }
        Object[] valid = failed.getTargetType().getType().getEnumConstants();
        if (valid == null) {
            return null;
        }
        List<String> typed = Arrays.stream(valid)
                .map(each -> Names.normalize(each.toString().toLowerCase(Locale.ROOT)))
                .toList();
        String reason = String.valueOf(Names.unknown("value", String.valueOf(property.getValue()), typed)
                .getMessage());
        return words.analyze(
                rootFailure,
                new InvalidPropertyException(
                        property.getName().toString(), property.getValue(), property.getOrigin(), reason));
    }
}
