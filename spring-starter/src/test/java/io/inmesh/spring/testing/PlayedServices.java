package io.inmesh.spring.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeEndpoints;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeCluster} says of targets: what the test publishes, and of all others at once what a cluster would say that has this and nothing
 * more.
 *
 * <p>Threads: any.
 */
final class PlayedServices implements ResolverProvider {
    /** What is said of a Service as a whole, whatever port was asked for. */
    private static final Set<Reason> OF_THE_SERVICE = Set.of(Reason.NOT_FOUND, Reason.FORBIDDEN);

    private final FakeEndpoints told = new FakeEndpoints(Target.KUBERNETES);

    // Both are guarded by told, whose listeners hear under the same lock.
    private final Map<Target, Said> published = new LinkedHashMap<>();
    private final Set<Target> asked = new LinkedHashSet<>();

    /** What is said of a target, as published for it or for another one that means the same: endpoints, or a reason why there are none. */
    private record Said(
            Target target,
            List<Endpoint> endpoints,
            @Nullable Unresolved unresolved) {}

    @Override
    public String scheme() {
        return told.scheme();
    }

    @Override
    public Resolver newResolver(Target target, Context context) {
        Target bare = target.withoutParameters();
        synchronized (told) {
            if (asked.add(bare) && !published.containsKey(bare)) {
                tell(bare);
            }
            return told.newResolver(target, context);
        }
    }

    /** From now on the target has these endpoints. */
    void publish(String target, Endpoint... endpoints) {
        say(new Said(Target.parse(target).withoutParameters(), List.of(endpoints), null));
    }

    /** From now on this is said of the target. */
    void say(String target, Unresolved unresolved) {
        say(new Said(Target.parse(target).withoutParameters(), List.of(), unresolved));
    }

    /** How many resolvers are open. */
    int resolvers() {
        return told.resolvers();
    }

    private void say(Said said) {
        synchronized (told) {
            published.put(said.target, said);
            tell(said.target, said);
            for (Target other : List.copyOf(asked)) {
                if (!published.containsKey(other) && isOfOneService(other, said.target)) {
                    tell(other);
                }
            }
        }
    }

    private void tell(Target target) {
        tell(target, answer(target));
    }

    private void tell(Target target, Said said) {
        if (said.unresolved == null) {
            told.publish(target.toString(), ServiceFacts.of(ServiceKey.of(said.target)), said.endpoints);
        } else {
            told.say(target.toString(), said.unresolved);
        }
    }

    /** What a cluster would say of a target for which nothing is published. */
    private Said answer(Target target) {
        List<Said> ofService = published.values().stream()
                .filter(said -> isOfOneService(said.target, target))
                .toList();
        boolean isOnly = portOf(target) == null && ofService.size() == 1;
        List<Said> ofPort = ofService.stream()
                .filter(said -> isOnly || isOfService(said) || Objects.equals(portOf(said.target), portOf(target)))
                .toList();
        if (!ofPort.isEmpty()) {
            return ofPort.get(ofPort.size() - 1);
        }
        Reason reason = ofService.isEmpty()
                ? Reason.NOT_FOUND
                : portOf(target) == null ? Reason.AMBIGUOUS_PORT : Reason.NO_SUCH_PORT;
        String there = (ofService.isEmpty()
                        ? published.keySet().stream()
                        : ofService.stream().map(Said::target))
                .map(Target::toString)
                .collect(Collectors.joining(", "));
        return new Said(
                target,
                List.of(),
                new Unresolved(
                        reason,
                        target + ": the test has published " + (there.isEmpty() ? "nothing" : there)
                                + " (expected: FakeCluster.publish before the first request)"));
    }

    private static boolean isOfService(Said said) {
        return said.unresolved != null && OF_THE_SERVICE.contains(said.unresolved.reason());
    }

    private static boolean isOfOneService(Target one, Target other) {
        if (!(one instanceof ServiceTarget first) || !(other instanceof ServiceTarget second)) {
            return false;
        }
        ServiceName left = first.name();
        ServiceName right = second.name();
        return left.service().equals(right.service())
                && Objects.equals(left.namespace(), right.namespace())
                && Objects.equals(left.host(), right.host())
                && first.protocol().equals(second.protocol());
    }

    private static @Nullable String portOf(Target target) {
        return target instanceof ServiceTarget service ? service.port() : null;
    }
}
