package io.inmesh.spring.named;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;

/** What another resolver finds, as a service's: so that its settings apply and doors of the same service share its endpoints. */
final class Renamed implements Resolver {
    private final Resolver found;
    private final ServiceFacts facts;

    Renamed(Resolver found, ServiceFacts facts) {
        this.found = found;
        this.facts = facts;
    }

    @Override
    public void start(Listener listener) {
        found.start(new Listener() {
            @Override
            public void onUpdate(EndpointSet set) {
                listener.onUpdate(EndpointSet.of(facts, set.revision(), set.endpoints()));
            }

            @Override
            public void onUnresolved(Unresolved unresolved) {
                listener.onUnresolved(unresolved);
            }
        });
    }

    @Override
    public void close() {
        found.close();
    }
}
