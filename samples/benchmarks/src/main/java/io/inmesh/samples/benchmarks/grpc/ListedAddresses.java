package io.inmesh.samples.benchmarks.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What gRPC has no resolver of its own for: addresses that are known, said once. */
final class ListedAddresses extends NameResolverProvider {
    static final String SCHEME = "listed";

    private final List<EquivalentAddressGroup> addresses;

    ListedAddresses(List<InetSocketAddress> addresses) {
        this.addresses = addresses.stream().map(EquivalentAddressGroup::new).toList();
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
        return SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI uri, NameResolver.Args args) {
        return SCHEME.equals(uri.getScheme()) ? new Said() : null;
    }

    private final class Said extends NameResolver {
        @Override
        public String getServiceAuthority() {
            return SCHEME;
        }

        @Override
        public void start(Listener2 listener) {
            listener.onResult2(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(addresses))
                    .build());
        }

        @Override
        public void shutdown() {}
    }
}
