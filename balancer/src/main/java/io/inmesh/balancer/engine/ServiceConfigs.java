package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.SettingLevel;
import io.inmesh.balancer.config.Settings;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of one target as it changes with the service's annotations. A bad set of annotations is ignored as a whole, with one
 * warning; the last good one stays.
 *
 * <p>Threads: one lane.
 */
public final class ServiceConfigs {
    private static final Logger log = LoggerFactory.getLogger(ServiceConfigs.class);

    private final Engine engine;
    private final Target target;
    private final Settings code;

    private Settings goodAnnotations = Settings.NONE;
    private Map<String, String> badAnnotations = Map.of();

    /** Refuses code settings that name something unknown. */
    ServiceConfigs(Engine engine, Target target, Settings code) {
        this.engine = engine;
        this.target = target;
        this.code = code;
        check(engine.policies(), code, "target " + target);
    }

    /** The settings that a target carries in its query, over those given beside it. */
    public static Settings ofTarget(Target target, Map<String, String> beside) {
        try {
            return new Settings(target.parameters()).orElse(new Settings(beside));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("target " + target + ": " + e.getMessage(), e);
        }
    }

    static void check(Policies policies, Settings settings, String where) {
        try {
            policies.check(settings.values());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** What holds now that the service says this of itself; null before it has said anything. */
    public LayeredConfig current(@Nullable ServiceFacts facts) {
        if (facts != null) {
            readAnnotations(facts);
        }
        return layered(facts, goodAnnotations);
    }

    private LayeredConfig layered(@Nullable ServiceFacts facts, Settings annotations) {
        Map<SettingLevel, Settings> levels = new EnumMap<>(SettingLevel.class);
        levels.put(SettingLevel.CODE, code);
        levels.put(SettingLevel.APPLICATION, engine.application(target, facts == null ? null : facts.key()));
        levels.put(SettingLevel.ANNOTATION, annotations);
        levels.put(SettingLevel.APPLICATION_DEFAULT, engine.defaults());
        return LayeredConfig.of(levels);
    }

    /** The configuration with the policy that it names. On any thread. */
    public Balancing balancing(LayeredConfig layered) {
        return engine.policies().balancing(layered.config());
    }

    private void readAnnotations(ServiceFacts facts) {
        Map<String, String> annotations = facts.annotations();
        try {
            Settings read = new Settings(annotations);
            check(engine.policies(), read, "annotations");
            layered(facts, read); // What is right by itself may contradict what other levels say.
            goodAnnotations = read;
            badAnnotations = Map.of();
        } catch (IllegalArgumentException e) {
            if (!annotations.equals(badAnnotations)) {
                badAnnotations = annotations;
                log.warn(
                        "{}: the annotations inmesh.io/... of the Service are ignored as a whole and {} stays: {}",
                        facts.key().describe(),
                        goodAnnotations.values(),
                        e.getMessage());
            }
        }
    }
}
