package io.inmesh.balancer.grpc;

import io.inmesh.balancer.check.Check;
import io.inmesh.balancer.config.CheckConfig;
import java.util.NoSuchElementException;

/** Makes checks by gRPC's health protocol. Found by the service loader, so it names nothing of gRPC's before one is wanted. */
public final class GrpcHealthMaker implements Check.Maker {

    @Override
    public CheckConfig.Mode mode() {
        return CheckConfig.Mode.GRPC;
    }

    @Override
    public Check make(CheckConfig config) {
        try {
            GrpcHealthCheck.findTransport();
            return new GrpcHealthCheck(config.service());
        } catch (NoClassDefFoundError | NoSuchElementException e) {
            throw new IllegalArgumentException(
                    "check.mode: grpc (expected: io.grpc:grpc-services and a transport such as io.grpc:grpc-netty on the class path,"
                            + " or another mode; missing is " + e.getMessage() + ")",
                    e);
        }
    }
}
