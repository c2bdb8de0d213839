package io.inmesh.samples.quickstart;

import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import java.util.Locale;

/** The two ways by which the client reaches the service; each leads to its own port, and so to its own endpoint of every pod. */
enum Door {
    /** A gRPC channel on the target string. */
    GRPC,
    /** Plain Java: any HTTP client, told where to go. */
    HTTP;

    /** The name of the service port behind it. */
    String portName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The door that a balancer's target belongs to. */
    static Door of(Target target) {
        return target instanceof ServiceTarget service && GRPC.portName().equals(service.port()) ? GRPC : HTTP;
    }
}
