package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Protocol;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;

/**
 * What {@link KubernetesResolverProvider} is, over a transport of one's own: a benchmark measures from the bytes of a watch on, without
 * sockets. In this package because nobody else shall make resolvers this way.
 */
@NullMarked
public final class TransportResolverProvider implements ResolverProvider {
    private final Feeds feeds;
    private final ClientRules rules;

    /** Over that transport, for a client with those rules. */
    public TransportResolverProvider(ApiTransport api, ClientRules rules) {
        this.rules = rules;
        this.feeds = new Feeds(new Keepers(new Keepers.Means(
                api,
                () -> 0L,
                host -> List.of(),
                Runnable::run,
                Duration.ofSeconds(30),
                8,
                WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE),
                null)));
    }

    @Override
    public String scheme() {
        return Target.KUBERNETES;
    }

    @Override
    public Resolver newResolver(Target target, Context context) {
        ServiceTarget service = (ServiceTarget) target;
        String namespace = Objects.requireNonNull(service.name().namespace(), "namespace");
        ObjectName name = new ObjectName(namespace, service.name().service());
        Wanted wanted = new Wanted(name, service.name().host(), service.port(), Protocol.TCP);
        return new KubernetesResolver(new ServiceQuestion(wanted, rules), feeds, context);
    }

    @Override
    public void close() {
        feeds.close();
    }
}
