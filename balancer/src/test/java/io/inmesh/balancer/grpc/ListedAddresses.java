package io.inmesh.balancer.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Somebody else's name resolver: a list of addresses, as given, for {@code listed:///anything}. */
final class ListedAddresses extends NameResolverProvider implements AutoCloseable {
    private final List<EquivalentAddressGroup> addresses;
    private final Class<? extends SocketAddress> type;

    private ListedAddresses(List<EquivalentAddressGroup> addresses) {
        this.addresses = addresses;
        this.type = addresses.get(0).getAddresses().get(0).getClass();
    }

    /** Makes the scheme known until this is closed. */
    static ListedAddresses register(List<? extends SocketAddress> addresses) {
        return registerGroups(
                addresses.stream().map(EquivalentAddressGroup::new).toList());
    }

    /** The same, of servers that have several addresses each. */
    static ListedAddresses registerGroups(List<EquivalentAddressGroup> groups) {
        ListedAddresses provider = new ListedAddresses(groups);
        NameResolverRegistry.getDefaultRegistry().register(provider);
        return provider;
    }

    @Override
    public void close() {
        NameResolverRegistry.getDefaultRegistry().deregister(this);
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 1;
    }

    @Override
    public String getDefaultScheme() {
        return "listed";
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return Set.of(type);
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI uri, NameResolver.Args args) {
        if (!getDefaultScheme().equals(uri.getScheme())) {
            return null;
        }
        return new NameResolver() {
            @Override
            public String getServiceAuthority() {
                return "listed";
            }

            @Override
            public void start(Listener2 listener) {
                listener.onResult2(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(addresses))
                        .build());
            }

            @Override
            public void shutdown() {}
        };
    }
}
