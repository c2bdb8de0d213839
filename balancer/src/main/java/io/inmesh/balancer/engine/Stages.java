package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LocalityConfig;
import io.inmesh.balancer.config.PriorityConfig;
import io.inmesh.balancer.config.SlowStartConfig;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.pick.hash.XxHash64;
import io.inmesh.balancer.stage.AtHand;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.stage.locality.NearestTier;
import io.inmesh.balancer.stage.locality.OnlyThisNode;
import io.inmesh.balancer.stage.locality.Tiers;
import io.inmesh.balancer.stage.locality.ZoneAware;
import io.inmesh.balancer.stage.locality.ZoneWeights;
import io.inmesh.balancer.stage.locality.Zones;
import io.inmesh.balancer.stage.priority.AwaitedFirst;
import io.inmesh.balancer.stage.priority.FirstWithHealthy;
import io.inmesh.balancer.stage.priority.HealthOrPanic;
import io.inmesh.balancer.stage.priority.LoadByHealth;
import io.inmesh.balancer.stage.priority.ZonePriorities;
import io.inmesh.balancer.stage.subset.Subsetting;
import io.inmesh.balancer.stage.weight.ReportedWeights;
import io.inmesh.balancer.stage.weight.SlowStart;
import java.util.List;

/** Which stages a configuration asks for: for each place a method, which gives what it was given where nothing is asked for. */
final class Stages {
    private static final Stage NONE = layout -> layout;

    private Stages() {}

    /** The pipeline of one arrangement. */
    static Pipeline of(BalancerConfig config, Situation situation, PickerFactory.Fallback fallback) {
        return Pipeline.standard()
                .with(
                        Place.GROUP,
                        byPriority(config.priority(), situation).then(byLocality(config.locality(), situation)))
                .with(Place.SUBSET, new Subsetting(config.subset(), situation, XxHash64::hash))
                .with(Place.AWAITED, awaited(config.priority()))
                .with(Place.PRIORITY_LOAD, load(config.priority()))
                .with(
                        Place.HEALTH,
                        new HealthOrPanic(
                                config.priority().overProvisioning(),
                                config.priority().panicThreshold()))
                .with(Place.LOCALITY_SHARE, localityShare(config, situation))
                .with(Place.AT_HAND, new AtHand(situation.followsKey()))
                .with(Place.WEIGHT, weight(config, situation, fallback));
    }

    private static Stage byPriority(PriorityConfig priority, Situation situation) {
        return priority.zones().isEmpty()
                ? NONE
                : new ZonePriorities(priority.zones(), situation.client().zone());
    }

    private static Stage byLocality(LocalityConfig locality, Situation situation) {
        return switch (locality.mode()) {
            case OFF -> NONE;
            case NODE ->
                locality.strict() ? new OnlyThisNode(situation.client().node()) : new Tiers(situation.client());
            case ZONE_AWARE -> looksAtZones(locality, situation) ? Zones.inFirst() : NONE;
            case WEIGHTED -> {
                Stage quiesced = quiesced(locality);
                yield situation.followsKey() ? quiesced : quiesced.then(Zones.everywhere());
            }
        };
    }

    /** Takes the weight from whom his zone has none for. */
    static Stage quiesced(LocalityConfig locality) {
        return locality.mode() == LocalityConfig.Mode.WEIGHTED ? new ZoneWeights(locality.weights()).quiesced() : NONE;
    }

    private static Stage awaited(PriorityConfig priority) {
        return priority.zones().isEmpty() || priority.mode() != PriorityConfig.Mode.FIRST ? NONE : new AwaitedFirst();
    }

    private static Stage load(PriorityConfig priority) {
        if (priority.zones().isEmpty()) {
            return NONE;
        }
        return switch (priority.mode()) {
            case LOAD -> new LoadByHealth(priority.overProvisioning());
            case FIRST -> new FirstWithHealthy();
        };
    }

    private static Stage localityShare(BalancerConfig config, Situation situation) {
        LocalityConfig locality = config.locality();
        return switch (locality.mode()) {
            case OFF -> NONE;
            case NODE -> {
                if (locality.strict()) {
                    yield NONE;
                }
                yield situation.followsKey() ? NearestTier.neverSpilling() : new NearestTier(locality.spillFactor());
            }
            case ZONE_AWARE -> looksAtZones(locality, situation) ? zoneAware(locality, situation) : NONE;
            case WEIGHTED -> {
                ZoneWeights weights = new ZoneWeights(locality.weights());
                yield situation.followsKey()
                        ? weights.multiplied()
                        : weights.shared(config.priority().overProvisioning());
            }
        };
    }

    /** Keys would move with health and with the callers, so policies that follow them do not look at zones. */
    private static boolean looksAtZones(LocalityConfig locality, Situation situation) {
        return !situation.followsKey()
                && locality.enabledPercent() > 0
                && ZoneAware.canWork(
                        situation.peers().endpoints(), situation.client().zone());
    }

    private static Stage zoneAware(LocalityConfig locality, Situation situation) {
        List<Endpoint> peers = situation.peers().endpoints();
        String own = Zones.nameOf(situation.client().zone());
        return new ZoneAware(peers, own, locality.minEndpoints(), locality.enabledPercent());
    }

    private static Stage weight(BalancerConfig config, Situation situation, PickerFactory.Fallback fallback) {
        Stage stage = NONE;
        if (situation.followsKey()) {
            return stage; // Weights that change with time would move keys.
        }
        long now = situation.nowNanos();
        if (config.weight().source() == WeightConfig.Source.REPORTS) {
            stage = stage.then(new ReportedWeights(config.weight(), now, fallback));
        }
        if (config.slowStart().isOn()) {
            stage = stage.then(new SlowStart(config.slowStart(), now));
        } else if (!config.eject().back().slowStart().isZero()) {
            SlowStartConfig back =
                    config.slowStart().withWindow(config.eject().back().slowStart());
            stage = stage.then(SlowStart.afterEjection(back, now));
        }
        return stage;
    }
}
