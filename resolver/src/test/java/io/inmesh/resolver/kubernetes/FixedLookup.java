package io.inmesh.resolver.kubernetes;

import io.inmesh.resolver.kubernetes.feed.Lookup;
import java.net.InetAddress;
import java.util.List;

/** A resolver that finds every external name at the same addresses, whatever name servers there are. */
public final class FixedLookup {
    private static final Lookup EVERYTHING =
            host -> List.of(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("2001:db8::1"));

    private FixedLookup() {}

    public static KubernetesResolverProvider provider(KubernetesConfig config) {
        return KubernetesResolverProvider.lookingUp(config, EVERYTHING);
    }
}
