package io.inmesh.balancer.engine;

import io.inmesh.api.Target;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LocalityConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.stage.Situation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, once for each setting, that a policy which follows keys does not go by what they have set, or does not do what they may expect.
 *
 * <p>Threads: one balancer's lane.
 */
final class KeyNotices {
    private static final Logger log = LoggerFactory.getLogger(KeyNotices.class);

    private static final String MOVES =
            " is not gone by, because keys would move with it; name a policy that follows no key, or set ";

    private final Target target;
    private final Set<String> said = new HashSet<>();

    KeyNotices(Target target) {
        this.target = target;
    }

    /** Looks at how the target is balanced now. */
    void tell(Balancing balancing, Situation situation) {
        if (!situation.followsKey()) {
            return;
        }
        for (String notice : notices(balancing.config())) {
            if (said.add(notice)) {
                log.info("{}: policy '{}' places requests by their keys, so {}", target, balancing.name(), notice);
            }
        }
    }

    private static List<String> notices(BalancerConfig config) {
        List<String> notices = new ArrayList<>();
        if (config.locality().mode() == LocalityConfig.Mode.ZONE_AWARE) {
            notices.add("locality.mode zone-aware" + MOVES + "locality.mode to off");
        }
        if (config.weight().source() == WeightConfig.Source.REPORTS) {
            notices.add("weight.source reports" + MOVES + "weight.source to endpoint");
        }
        if (config.slowStart().isOn()) {
            notices.add("slow-start.window" + MOVES + "slow-start.window to off");
        }
        if (config.subset().mode() != SubsetConfig.Mode.OFF) {
            notices.add(
                    "with subset.mode, which gives each process endpoints of its own, a key finds the same endpoint from this"
                            + " process alone; set subset.mode to off if a key shall find the same one from everywhere");
        }
        return notices;
    }
}
