package io.inmesh.spring.actuate;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Under which names people find a balancer: as the application typed it, and as the cluster calls what it leads to. */
final class ServiceNames {
    private ServiceNames() {}

    /** True if that name means it: {@code orders}, {@code orders.shop}, {@code orders.shop:http}, or the whole target. */
    static boolean means(String name, LoadBalancer.Snapshot snapshot) {
        return of(snapshot).contains(name.toLowerCase(Locale.ROOT));
    }

    private static Set<String> of(LoadBalancer.Snapshot snapshot) {
        Set<String> names = new HashSet<>();
        Target target = snapshot.target();
        names.add(target.toString());
        String bare = target.withoutParameters().toString();
        names.add(bare);
        names.add(bare.substring(bare.lastIndexOf('/') + 1));
        if (target instanceof ServiceTarget service) {
            ServiceName name = service.name();
            names.add(name.typed());
            names.add(name.service());
        }
        EndpointSet set = snapshot.set();
        if (set != null) {
            ServiceKey key = set.facts().key();
            names.add(key.toString());
            names.add(key.namespace().isEmpty() ? key.service() : key.service() + "." + key.namespace());
        }
        Set<String> lower = new HashSet<>();
        names.forEach(each -> lower.add(each.toLowerCase(Locale.ROOT)));
        return lower;
    }
}
