package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import org.jspecify.annotations.Nullable;

/** What others than the resolver learn of a service. Pure. */
final class Facts {
    private Facts() {}

    /** Of the service at the end of the chain, since that is whose endpoints are used; what was asked for is only its alias. */
    static ServiceFacts of(
            AliasChain chain, ServiceObject service, PortAnswer port, Judgement endpoints, String clusterDomain) {
        String alias = chain.steps().isEmpty() ? null : chain.finalName(clusterDomain);
        return of(chain.current(), service, port, endpoints.speaks(), alias);
    }

    static ServiceFacts of(
            Wanted wanted,
            ServiceObject service,
            PortAnswer port,
            @Nullable String endpointsSpeak,
            @Nullable String alias) {
        String name = port instanceof PortAnswer.Raw raw
                ? Integer.toString(raw.number())
                : ((PortAnswer.Named) port).port().name();
        ServicePort named = port instanceof PortAnswer.Named one ? one.port() : null;
        String speaks = endpointsSpeak == null && named != null ? named.appProtocol() : endpointsSpeak;
        return new ServiceFacts(
                new ServiceKey(Target.KUBERNETES, wanted.service().namespace(), wanted.name(), name, wanted.protocol()),
                service.uid(),
                service.sessionAffinity(),
                service.annotations(),
                speaks,
                alias);
    }
}
