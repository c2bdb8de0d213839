package io.inmesh.balancer.budget;

import io.inmesh.api.ServiceKey;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BudgetConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The budgets of all services in use, counted: whoever calls the same service, by whichever of its ports and doors, shares one, and the last
 * one's leaving drops it. Who says something else of {@code budget.*} than others do has one of its own; who differs in {@code hedge.percent} has his own share of
 * hedges, out of the same budget.
 *
 * <p>Threads: any; each change is one atomic step on the map.
 */
public final class BudgetsByService {
    private final NanoClock clock;
    private final ConcurrentMap<Key, Counted> byKey = new ConcurrentHashMap<>();

    /** Whose budget it is. */
    private record Key(String scheme, String namespace, String service, BudgetConfig config) {
        static Key of(ServiceKey service, AttemptsConfig config) {
            return new Key(service.scheme(), service.namespace(), service.service(), config.budget());
        }
    }

    /** One budget, and who uses it, by their share of hedges; never changes. */
    private record Counted(RetryBudget retries, Map<Integer, Share> shares) {}

    /** Those with the same share of hedges. */
    private record Share(ServiceBudget budget, int users) {}

    /** Budgets on that clock. */
    public BudgetsByService(NanoClock clock) {
        this.clock = clock;
    }

    /** One more user of that service's budget; give it back with {@link #release} and the same arguments. */
    public ServiceBudget retain(ServiceKey service, AttemptsConfig config) {
        int percent = config.hedge().percent();
        Counted now = Objects.requireNonNull(byKey.compute(Key.of(service, config), (key, held) -> {
            RetryBudget retries = held == null ? ServiceBudget.retries(key.config, clock) : held.retries;
            Map<Integer, Share> shares = held == null ? new HashMap<>() : new HashMap<>(held.shares);
            Share share = shares.get(percent);
            shares.put(
                    percent,
                    share == null
                            ? new Share(new ServiceBudget(retries, percent, clock), 1)
                            : new Share(share.budget, share.users + 1));
            return new Counted(retries, Map.copyOf(shares));
        }));
        return Objects.requireNonNull(now.shares.get(percent)).budget;
    }

    /** One user less. */
    public void release(ServiceKey service, AttemptsConfig config) {
        int percent = config.hedge().percent();
        byKey.computeIfPresent(Key.of(service, config), (key, held) -> {
            Map<Integer, Share> shares = new HashMap<>(held.shares);
            shares.computeIfPresent(
                    percent, (same, share) -> share.users == 1 ? null : new Share(share.budget, share.users - 1));
            return shares.isEmpty() ? null : new Counted(held.retries, Map.copyOf(shares));
        });
    }

    /** How many budgets are in use. */
    public int size() {
        return byKey.size();
    }
}
