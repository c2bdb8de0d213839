package io.inmesh.samples.benchmarks.peers;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.samples.benchmarks.BalancedService;
import java.util.Set;
import java.util.stream.IntStream;

/** Ours, as an application has it: a mesh, its balancer, a pick. */
final class InmeshContender implements Contender {
    private static final Set<String> BY_KEY = Set.of("destination-hash", "ring-hash", "rendezvous");
    private static final String BY_WEIGHT = "weighted-round-robin";

    private final BalancedService service;
    private final LoadBalancer balancer;

    private InmeshContender(BalancedService service) {
        this.service = service;
        this.balancer = service.balancer();
    }

    /** That policy; weights from 1 to 10 where it is one that goes by them, keys where it follows them. */
    static Contender open(String policy, int endpoints) {
        BalancedService service = new BalancedService(policy, endpoints, i -> policy.equals(BY_WEIGHT) ? weight(i) : 1);
        return BY_KEY.contains(policy) ? new Keyed(service) : new InmeshContender(service);
    }

    /** What every weighted policy measured is given. */
    static int weight(int endpoint) {
        return 1 + endpoint % 10;
    }

    @Override
    public Object choose(Turn turn) {
        return balancer.choose(PickContext.NONE);
    }

    @Override
    public Object cycle(Turn turn) {
        return balancer.pick(PickContext.NONE) instanceof Lease lease && lease.complete(Outcome.SUCCESS);
    }

    @Override
    public void close() {
        service.close();
    }

    private static final class Keyed implements Contender {
        private final BalancedService service;
        private final LoadBalancer balancer;
        private final PickContext[] contexts = IntStream.range(0, Turn.KEYS)
                .mapToObj(i -> PickContext.NONE.withKey(Turn.key(i)))
                .toArray(PickContext[]::new);

        private Keyed(BalancedService service) {
            this.service = service;
            this.balancer = service.balancer();
        }

        @Override
        public Object choose(Turn turn) {
            return balancer.choose(contexts[turn.next()]);
        }

        @Override
        public Object cycle(Turn turn) {
            return balancer.pick(contexts[turn.next()]) instanceof Lease lease && lease.complete(Outcome.SUCCESS);
        }

        @Override
        public void close() {
            service.close();
        }
    }
}
