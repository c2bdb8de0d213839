package io.inmesh.balancer.grpc;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelProvider;
import io.grpc.ManagedChannelRegistry;
import io.inmesh.balancer.check.Check;
import io.inmesh.balancer.config.CheckConfig;

/** Makes checks by gRPC's health protocol. Found by the service loader, so it names nothing of gRPC's before one is wanted. */
public final class GrpcHealthMaker implements Check.Maker {

    @Override
    public CheckConfig.Mode mode() {
        return CheckConfig.Mode.GRPC;
    }

    @Override
    public Check make(CheckConfig config) {
        try {
            // Looks for a transport, and connects to nobody; without one each question would fail, and the whole
            // service look ill.
            Object unused = Grpc.newChannelBuilder("dns:///localhost:1", InsecureChannelCredentials.create());
            return new GrpcHealthCheck(config.service());
        } catch (NoClassDefFoundError
                | ManagedChannelRegistry.ProviderNotFoundException
                | ManagedChannelProvider.ProviderNotFoundException e) {
            throw new IllegalArgumentException(
                    "check.mode: grpc (expected: io.grpc:grpc-services and a transport such as io.grpc:grpc-netty on the class path,"
                            + " or another mode; missing is " + e.getMessage() + ")",
                    e);
        }
    }
}
