package io.inmesh.samples.benchmarks.peers;

import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A picker of gRPC's own, made by one of its policies over subchannels that are all ready. */
final class GrpcPicker extends LoadBalancer.Helper implements AutoCloseable {
    private static final String PREFIX = "pod-";

    private final SynchronizationContext context = new SynchronizationContext((thread, error) -> {
        throw new IllegalStateException(error);
    });
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LoadBalancer balancer;

    /** Written in the synchronization context, also by the policy's own timer. */
    private volatile @Nullable SubchannelPicker picker;

    private volatile boolean isReady;

    GrpcPicker(String policy, int size, Map<String, ?> settings) {
        LoadBalancerProvider provider =
                Objects.requireNonNull(LoadBalancerRegistry.getDefaultRegistry().getProvider(policy), policy);
        balancer = provider.newLoadBalancer(this);
        List<EquivalentAddressGroup> addresses = IntStream.range(0, size)
                .mapToObj(i -> new EquivalentAddressGroup(InetSocketAddress.createUnresolved(PREFIX + i, 8080)))
                .toList();
        Object config = Objects.requireNonNull(
                provider.parseLoadBalancingPolicyConfig(settings).getConfig(), "settings were refused");
        context.execute(() -> balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(addresses)
                .setLoadBalancingPolicyConfig(config)
                .build()));
    }

    /** The newest picker, once a subchannel is ready. */
    SubchannelPicker picker() {
        if (!isReady) {
            throw new IllegalStateException("no subchannel became ready");
        }
        return firstPicker();
    }

    /** The newest picker, ready or not: where asking is what makes subchannels connect. */
    SubchannelPicker firstPicker() {
        return Objects.requireNonNull(picker, "no picker was made");
    }

    /** Which endpoint that is. */
    int indexOf(EquivalentAddressGroup address) {
        InetSocketAddress socket = (InetSocketAddress) address.getAddresses().get(0);
        return Integer.parseInt(socket.getHostString().substring(PREFIX.length()));
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker newPicker) {
        picker = newPicker;
        isReady = state == ConnectivityState.READY;
    }

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
        return new Ready(args.getAddresses());
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup addresses, String authority) {
        throw new UnsupportedOperationException("no policy measured here needs it");
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return timer;
    }

    @Override
    public ChannelLogger getChannelLogger() {
        return Silent.INSTANCE;
    }

    @Override
    public String getChannelTarget() {
        return "static:///orders.shop";
    }

    @Override
    public String getAuthority() {
        return "orders.shop";
    }

    @Override
    public void close() {
        context.execute(balancer::shutdown);
        timer.shutdownNow();
    }

    /** A subchannel that is ready as soon as it is asked to connect. */
    private final class Ready extends Subchannel {
        private final List<EquivalentAddressGroup> addresses;
        private @Nullable SubchannelStateListener listener;

        private Ready(List<EquivalentAddressGroup> addresses) {
            this.addresses = addresses;
        }

        @Override
        public void start(SubchannelStateListener newListener) {
            listener = newListener;
        }

        @Override
        public void requestConnection() {
            SubchannelStateListener told = Objects.requireNonNull(listener, "not started");
            context.execute(() -> told.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY)));
        }

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return addresses;
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return Silent.INSTANCE;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }

        @Override
        public void shutdown() {}
    }

    private static final class Silent extends ChannelLogger {
        private static final Silent INSTANCE = new Silent();

        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, @Nullable Object... arguments) {}
    }
}
