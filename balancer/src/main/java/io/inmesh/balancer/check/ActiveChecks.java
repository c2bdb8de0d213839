package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.CheckConfig;
import io.inmesh.balancer.health.HealthSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks the endpoints of one service port, each in its own time, and takes those out that are not well. An endpoint is well until so many bad
 * answers in a row have come: the cluster has vouched for it, and a first question may be lost. It is back after so many good ones.
 *
 * <p>One that is not usable gets no requests and is not asked. What was found before stays: when it is usable again, whoever was out is out until
 * as many good answers have come.
 *
 * <p>First questions are spread over a second, later ones over a tenth of the interval, by lot: neither are a thousand endpoints asked in one moment,
 * nor is one asked by a thousand processes in step.
 *
 * <p>Threads: the source's lane; answers and timers go there before they touch anything.
 */
final class ActiveChecks implements HealthSource {
    /** The earliest first questions are all asked within this time, or within the interval if that is shorter. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    /** Of the interval, to either side. */
    private static final double SPREAD = 0.1;

    private final CheckConfig config;
    private final Check check;
    private final Site site;

    /** By endpoint id. Lane only. */
    private final Map<String, Questions> asked = new HashMap<>();

    /** Ids of those that are out and not asked now: they are not usable, or were found so under other settings. Lane only. */
    private final Set<String> outUnasked = new HashSet<>();

    /** Whom it was told of last. */
    private Set<String> told = Set.of();

    ActiveChecks(CheckConfig config, Check check, Site site) {
        this.config = config;
        this.check = check;
        this.site = site;
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        Set<String> known = new HashSet<>(endpoints.size() * 2);
        Set<String> usable = new HashSet<>(endpoints.size() * 2);
        for (Endpoint endpoint : endpoints) {
            known.add(endpoint.id());
            if (endpoint.usability().isUsable()) {
                usable.add(endpoint.id());
                ask(endpoint);
            }
        }
        asked.entrySet().removeIf(each -> {
            boolean stays = usable.contains(each.getKey());
            if (!stays && each.getValue().end()) {
                outUnasked.add(each.getKey());
            }
            return !stays;
        });
        outUnasked.retainAll(known);
        told = known;
    }

    @Override
    public void endpoints(List<Endpoint> endpoints, HealthSource previous) {
        ActiveChecks before = (ActiveChecks) previous;
        for (Endpoint endpoint : endpoints) {
            boolean isNew = !told.contains(endpoint.id()); // Of the others this one knows better.
            if (isNew && before.isOut(endpoint.id())) {
                outUnasked.add(endpoint.id());
            }
        }
        endpoints(endpoints);
    }

    private boolean isOut(String id) {
        Questions questions = asked.get(id);
        return questions == null ? outUnasked.contains(id) : questions.isOut();
    }

    private void ask(Endpoint endpoint) {
        Questions before = asked.get(endpoint.id());
        if (before == null) {
            Questions questions = new Questions(config, check, site, endpoint, outUnasked.remove(endpoint.id()));
            asked.put(endpoint.id(), questions);
            questions.askIn(firstDelay());
        } else {
            before.endpoint(endpoint);
        }
    }

    private Duration firstDelay() {
        Duration most = FIRST.compareTo(config.interval()) < 0 ? FIRST : config.interval();
        return scaled(most, site.tools().random().nextDouble());
    }

    static Duration nextDelay(Duration interval, double draw) {
        return scaled(interval, 1 - SPREAD + 2 * SPREAD * draw);
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofNanos((long) (time.toNanos() * factor));
    }

    @Override
    public void close() {
        asked.values().forEach(Questions::end);
        asked.clear();
    }
}
