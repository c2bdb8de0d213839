package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.SettingLevel;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.config.SwitchedKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private @Nullable String badBecause; // With bad annotations.
    private @Nullable String contradiction; // Of levels that are right one by one.

    /** Written on the lane, read by whoever checks other settings. */
    private volatile @Nullable Heard last;

    /** The last answer: time asks again without news. Written and read on any thread; a lost write costs making it again. */
    private volatile @Nullable Balancing lastBalancing;

    /** What was last heard from the service and from the application, and what came of it. */
    private record Heard(ServiceFacts facts, ApplicationSettings.Said said, LayeredConfig config) {}

    private boolean overrideSaid;

    /** Lane only. */
    private final Set<String> idleSaid = new HashSet<>();

    /** Refuses code settings that name something unknown. */
    ServiceConfigs(Engine engine, Target target, Settings code) {
        this.engine = engine;
        this.target = target;
        this.code = code;
        check(engine.policies(), engine.extensions(), code, "target " + target);
        checkSwitches(code, engine.settings().said().all(), "target " + target);
        try {
            agree(layered(engine.settings().said(), null, Settings.NONE));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "target " + target + ", with the settings of all levels: " + e.getMessage(), e);
        }
    }

    /** The settings that a target carries in its query, over those given beside it. */
    public static Settings ofTarget(Target target, Map<String, String> beside) {
        try {
            return new Settings(target.parameters()).orElse(new Settings(beside));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("target " + target + ": " + e.getMessage(), e);
        }
    }

    static void check(Policies policies, Extensions extensions, Settings settings, String where) {
        try {
            policies.check(settings.values());
            extensions.check(BalancerConfig.of(settings.values()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** Refuses a level that says what it, and whoever it may count on, switches off. */
    static void checkSwitches(Settings settings, Collection<Settings> others, String where) {
        try {
            SwitchedKeys.check(settings, others);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** Refuses what is right level by level, and together is not. */
    private void agree(LayeredConfig layered) {
        engine.policies().balancing(layered.config());
        engine.extensions().check(layered.config());
    }

    /** What holds now that the service says this of itself; null before it has said anything. */
    public LayeredConfig current(@Nullable ServiceFacts facts) {
        ApplicationSettings.Said said = engine.settings().said();
        if (facts == null) {
            return layered(said, null, goodAnnotations);
        }
        Heard before = last;
        if (before == null || !before.said().equals(said) || !before.facts().equals(facts)) {
            readAnnotations(said, facts);
            before = new Heard(facts, said, settled(said, facts));
            last = before;
            sayIfOverridden(facts, before.config());
            sayWhatIsIdle(before.config());
        }
        return before.config();
    }

    /** Settings found only under the name that the service turned out to have may contradict others: what was checked at first holds then. */
    private LayeredConfig settled(ApplicationSettings.Said said, ServiceFacts facts) {
        try {
            LayeredConfig all = layered(said, facts, goodAnnotations);
            agree(all);
            contradiction = null;
            return all;
        } catch (IllegalArgumentException e) {
            contradiction = e.getMessage();
            log.error(
                    "{}: the settings of all levels contradict each other, so those for {} and its annotations are not used: {}",
                    target,
                    facts.key().describe(),
                    e.getMessage());
            return layered(said, null, Settings.NONE);
        }
    }

    /**
     * Refuses what the application may be about to say if it contradicts what else is said of the target. On any thread.
     *
     * @throws IllegalArgumentException if it does
     */
    public void check(ApplicationSettings.Said next) {
        Heard heard = last;
        try {
            agree(layered(next, null, Settings.NONE));
            agree(layered(next, heard == null ? null : heard.facts(), Settings.NONE));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "target " + target + ", with the settings of all levels: " + e.getMessage(), e);
        }
    }

    /** Rule Y-6. */
    private void sayIfOverridden(ServiceFacts facts, LayeredConfig layered) {
        if (facts.sessionAffinity() != null && layered.affinityOverridden() && !overrideSaid) {
            overrideSaid = true;
            log.info(
                    "{}: policy '{}', named by {}, overrides the Service's sessionAffinity of {}; to keep that, set affinity.mode to service",
                    target,
                    layered.config().policy(),
                    layered.policySource().label(),
                    facts.sessionAffinity());
        }
    }

    /** What is said and not in force, and why; for people. */
    public List<String> ignored() {
        List<String> ignored = new ArrayList<>();
        if (badBecause != null) {
            ignored.add("the annotations inmesh.io/... of the Service, as a whole: " + badBecause);
        }
        if (contradiction != null) {
            ignored.add("settings for the service by its full name, and its annotations, which contradict others: "
                    + contradiction);
        }
        Heard heard = last;
        if (heard != null) {
            ignored.addAll(SwitchedKeys.idle(heard.config()));
        }
        return List.copyOf(ignored);
    }

    /** Once for each setting: it may be an owner's wish for now. */
    private void sayWhatIsIdle(LayeredConfig layered) {
        for (String idle : SwitchedKeys.idle(layered)) {
            if (idleSaid.add(idle)) {
                log.warn("{}: {}", target, idle);
            }
        }
    }

    private LayeredConfig layered(ApplicationSettings.Said said, @Nullable ServiceFacts facts, Settings annotations) {
        Map<SettingLevel, Settings> levels = new EnumMap<>(SettingLevel.class);
        levels.put(SettingLevel.CODE, code);
        levels.put(SettingLevel.APPLICATION, said.of(target, facts == null ? null : facts.key()));
        levels.put(SettingLevel.ANNOTATION, annotations);
        levels.put(SettingLevel.APPLICATION_DEFAULT, said.defaults());
        return LayeredConfig.of(levels);
    }

    /** The configuration with the policy that it names; the same object for the same configuration as last time. On any thread. */
    public Balancing balancing(LayeredConfig layered) {
        Balancing before = lastBalancing;
        if (before == null || !before.config().equals(layered.config())) {
            before = engine.policies().balancing(layered.config());
            lastBalancing = before;
        }
        return before;
    }

    private void readAnnotations(ApplicationSettings.Said said, ServiceFacts facts) {
        Map<String, String> annotations = facts.annotations();
        try {
            Settings read = new Settings(annotations);
            check(engine.policies(), engine.extensions(), read, "annotations");
            List<Settings> others = new ArrayList<>(said.all());
            others.add(code);
            checkSwitches(read, others, "annotations");
            agree(layered(said, facts, read));
            goodAnnotations = read;
            badAnnotations = Map.of();
            badBecause = null;
        } catch (IllegalArgumentException e) {
            badBecause = e.getMessage();
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
