package io.inmesh.balancer.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;

/** The transports of channels that a user may have on his class path. */
enum Transport {
    NETTY {
        @Override
        ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials) {
            return NettyChannelBuilder.forTarget(target, credentials);
        }
    },
    NETTY_SHADED {
        @Override
        ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials) {
            return io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder.forTarget(target, credentials);
        }
    };

    abstract ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials);

    ManagedChannelBuilder<?> builder(String target) {
        return builder(target, InsecureChannelCredentials.create());
    }
}
