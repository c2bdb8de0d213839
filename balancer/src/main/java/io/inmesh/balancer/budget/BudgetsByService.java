package io.inmesh.balancer.budget;

import io.inmesh.api.ServiceKey;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BudgetConfig;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The budgets of all services in use, counted: whoever calls the same service, by whichever of its ports and doors, shares one, and the last
 * one's leaving drops it. Who says something else of {@code budget.*} than others do has one of its own.
 *
 * <p>Threads: any; each change is one atomic step on the map.
 */
public final class BudgetsByService {
    private final NanoClock clock;
    private final ConcurrentMap<Key, Counted> byKey = new ConcurrentHashMap<>();

    /** Whose budget it is. */
    private record Key(String scheme, String namespace, String service, BudgetConfig config, int hedgePercent) {
        static Key of(ServiceKey service, AttemptsConfig config) {
            return new Key(
                    service.scheme(),
                    service.namespace(),
                    service.service(),
                    config.budget(),
                    config.hedge().percent());
        }
    }

    private record Counted(ServiceBudget budget, int users) {}

    /** Budgets on that clock. */
    public BudgetsByService(NanoClock clock) {
        this.clock = clock;
    }

    /** One more user of that service's budget; give it back with {@link #release} and the same arguments. */
    public ServiceBudget retain(ServiceKey service, AttemptsConfig config) {
        return byKey.compute(
                        Key.of(service, config),
                        (key, held) -> held == null
                                ? new Counted(new ServiceBudget(key.config, key.hedgePercent, clock), 1)
                                : new Counted(held.budget, held.users + 1))
                .budget;
    }

    /** One user less. */
    public void release(ServiceKey service, AttemptsConfig config) {
        byKey.computeIfPresent(
                Key.of(service, config),
                (key, held) -> held.users == 1 ? null : new Counted(held.budget, held.users - 1));
    }

    /** How many budgets are in use. */
    public int size() {
        return byKey.size();
    }
}
