package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;

/** The library's member of one client for one server; it knows the way there. */
final class ServerMember extends Member {
    private static final Target TARGET = Target.parse("orders.shop:http");
    private static final int PORT = 8080;

    private final Server server;

    ServerMember(int number, Server server, EndpointStates states, NanoClock clock) {
        super(
                TARGET,
                Endpoint.of("10.0." + number / 256 + "." + number % 256, PORT),
                states,
                clock,
                BalancerObserver.NONE);
        this.server = server;
    }

    Server server() {
        return server;
    }
}
