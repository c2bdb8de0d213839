package io.inmesh.balancer.stage.locality;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests in the caller's zone, as many as leave every endpoint with the same load if callers everywhere do so (balancing 5.16). In the first
 * priority only, which has a group for each zone. Zones are not looked at, and the groups become one, where that cannot work: in panic, with few
 * endpoints, with fewer than two zones on either side, or with no endpoint in the caller's zone.
 *
 * <p>What endpoints can take is the sum of their weights, so that of unequal ones each gets load by its weight.
 */
public final class ZoneAware implements Stage {
    private static final int FEWEST_ZONES = 2;
    private static final double PERCENT = 100;

    private final Map<String, Long> callers;
    private final String own;
    private final int minEndpoints;
    private final double enabled;

    /**
     * For one caller.
     *
     * @param peers the caller's own service, which sends requests from where its endpoints are
     * @param own the caller's zone
     * @param minEndpoints with fewer zones are not looked at
     * @param enabledPercent the percentage of requests that look at zones
     */
    public ZoneAware(List<Endpoint> peers, String own, int minEndpoints, int enabledPercent) {
        this.callers = byZone(peers);
        this.own = own;
        this.minEndpoints = minEndpoints;
        this.enabled = enabledPercent / PERCENT;
    }

    /** False if what is known of the callers is not enough, whatever the endpoints are. */
    public static boolean canWork(List<Endpoint> peers, @Nullable String own) {
        return own != null && byZone(peers).size() >= FEWEST_ZONES;
    }

    private static Map<String, Long> byZone(List<Endpoint> peers) {
        Map<String, Long> callers = new TreeMap<>();
        peers.forEach(peer -> callers.merge(Zones.nameOf(peer.locality().zone()), 1L, Long::sum));
        return callers;
    }

    @Override
    public Layout apply(Layout layout) {
        List<Layout.Priority> priorities = new ArrayList<>(layout.priorities());
        priorities.set(0, shared(priorities.get(0)));
        return new Layout(priorities, layout.holds());
    }

    private Layout.Priority shared(Layout.Priority priority) {
        List<Layout.Group> zones =
                priority.groups().stream().filter(group -> group.carriers() > 0).toList();
        int home = home(zones);
        int endpoints = zones.stream().mapToInt(Layout.Group::carriers).sum();
        boolean off = home < 0
                || zones.size() < FEWEST_ZONES
                || callers.size() < FEWEST_ZONES
                || endpoints < minEndpoints
                || ZoneWeights.isInPanic(priority);
        return off ? Zones.joined(priority) : priority.withGroups(shared(zones, home));
    }

    private int home(List<Layout.Group> zones) {
        for (int i = 0; i < zones.size(); i++) {
            if (zones.get(i).locality().equals(own)) {
                return i;
            }
        }
        return -1;
    }

    private List<Layout.Group> shared(List<Layout.Group> zones, int home) {
        double[] capacity = zones.stream().mapToDouble(ZoneAware::capacity).toArray();
        double total = 0;
        for (double each : capacity) {
            total += each;
        }
        double[] shares = ZoneShares.of(callersOf(zones), capacity, home);
        List<Layout.Group> shared = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            shared.add(zones.get(i).withShare(enabled * shares[i] + (1 - enabled) * capacity[i] / total));
        }
        return shared;
    }

    /** The callers of each of those zones; those of zones without endpoints count in the whole, as one more zone without any. */
    private long[] callersOf(List<Layout.Group> zones) {
        long[] counts = new long[zones.size() + 1];
        long elsewhere = callers.values().stream().mapToLong(Long::longValue).sum();
        for (int i = 0; i < zones.size(); i++) {
            counts[i] = callers.getOrDefault(zones.get(i).locality(), 0L);
            elsewhere -= counts[i];
        }
        counts[zones.size()] = elsewhere;
        return counts;
    }

    private static double capacity(Layout.Group group) {
        return group.candidates().stream().mapToDouble(Layout.Candidate::weight).sum();
    }
}
