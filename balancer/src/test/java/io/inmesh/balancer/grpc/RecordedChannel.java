package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The channel as a policy sees it, without connections: a test says what becomes of each. */
final class RecordedChannel extends LoadBalancer.Helper {
    private final SynchronizationContext context = new SynchronizationContext((thread, error) -> {
        throw new AssertionError("the policy threw", error);
    });
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<SocketAddress, Connection> open = new LinkedHashMap<>();
    private int made;
    private int refreshes;
    private int updates;
    private @Nullable ConnectivityState state;
    private @Nullable SubchannelPicker picker;

    /** A connection that a policy has asked for. */
    final class Connection extends LoadBalancer.Subchannel {
        private List<EquivalentAddressGroup> addresses;
        private LoadBalancer.@Nullable SubchannelStateListener listener;
        private int asked;

        private Connection(List<EquivalentAddressGroup> addresses) {
            this.addresses = addresses;
        }

        @Override
        public void start(LoadBalancer.SubchannelStateListener newListener) {
            listener = newListener;
        }

        @Override
        public void shutdown() {
            open.values().remove(this);
            is(ConnectivityState.SHUTDOWN);
        }

        @Override
        public void updateAddresses(List<EquivalentAddressGroup> newAddresses) {
            open.values().remove(this);
            addresses = newAddresses;
            open.put(newAddresses.get(0).getAddresses().get(0), this);
        }

        @Override
        public void requestConnection() {
            asked++;
        }

        /** How often it was asked to connect. */
        int asked() {
            return asked;
        }

        /** It is in that state from now on. */
        void is(ConnectivityState newState) {
            tell(ConnectivityStateInfo.forNonError(newState));
        }

        /** It could not be made. */
        void fails(String why) {
            tell(ConnectivityStateInfo.forTransientFailure(Status.UNAVAILABLE.withDescription(why)));
        }

        private void tell(ConnectivityStateInfo info) {
            context.execute(() -> Objects.requireNonNull(listener).onSubchannelState(info));
        }

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return addresses;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return Unheard.LOGGER;
        }

        @Override
        public Channel asChannel() {
            return new Channel() {
                @Override
                public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
                    throw new AssertionError("no test asks over a connection");
                }

                @Override
                public String authority() {
                    return getAuthority();
                }
            };
        }
    }

    /** What runs in the channel's own order. */
    void run(Runnable task) {
        context.execute(task);
    }

    /** The connection to that address, which the policy has asked for. */
    Connection to(SocketAddress address) {
        return Objects.requireNonNull(
                open.get(address), () -> "no connection to " + address + " among " + open.keySet());
    }

    /** Where the policy wants connections to at present. */
    List<SocketAddress> open() {
        return List.copyOf(open.keySet());
    }

    /** How many connections there ever were. */
    int made() {
        return made;
    }

    int refreshes() {
        return refreshes;
    }

    /** How often the policy said something. */
    int updates() {
        return updates;
    }

    @Nullable
    ConnectivityState state() {
        return state;
    }

    /** Where a call with that key goes. */
    SocketAddress pickedBy(String key) {
        return pick(CallOptions.DEFAULT.withOption(MeshChannels.KEY, key))
                .getSubchannel()
                .getAddresses()
                .getAddresses()
                .get(0);
    }

    PickResult pick() {
        return pick(CallOptions.DEFAULT);
    }

    private PickResult pick(CallOptions options) {
        MethodDescriptor<?, ?> method = TestBackend.UNSAFE;
        return Objects.requireNonNull(picker, "the policy has said nothing yet")
                .pickSubchannel(new LoadBalancer.PickSubchannelArgs() {
                    @Override
                    public CallOptions getCallOptions() {
                        return options;
                    }

                    @Override
                    public Metadata getHeaders() {
                        return new Metadata();
                    }

                    @Override
                    public MethodDescriptor<?, ?> getMethodDescriptor() {
                        return method;
                    }
                });
    }

    /** Where so many calls go. */
    List<SocketAddress> picked(int times) {
        return IntStream.range(0, times)
                .mapToObj(i ->
                        pick().getSubchannel().getAddresses().getAddresses().get(0))
                .toList();
    }

    @Override
    public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
        made++;
        Connection connection = new Connection(new ArrayList<>(args.getAddresses()));
        open.put(args.getAddresses().get(0).getAddresses().get(0), connection);
        return connection;
    }

    @Override
    public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
        updates++;
        state = newState;
        picker = newPicker;
    }

    @Override
    public ChannelLogger getChannelLogger() {
        return Unheard.LOGGER;
    }

    private static final class Unheard extends ChannelLogger {
        static final Unheard LOGGER = new Unheard();

        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, @Nullable Object... arguments) {}
    }

    @Override
    public void refreshNameResolution() {
        refreshes++;
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return timer;
    }

    /** Ends what was to come later. */
    void close() {
        timer.shutdownNow();
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
        throw new AssertionError("no policy of ours needs one");
    }

    @Override
    public String getAuthority() {
        return "orders.shop";
    }
}
