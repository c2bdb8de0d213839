package io.inmesh.samples.doors;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;

/** A gRPC channel whose calls are balanced over the pods of a service: the target string is all. */
final class GrpcDoor {
    private GrpcDoor() {}

    static ManagedChannel open() {
        ManagedChannel orders = Grpc.newChannelBuilder("k8s:///orders.shop:grpc", InsecureChannelCredentials.create())
                .build();
        return orders;
    }
}
