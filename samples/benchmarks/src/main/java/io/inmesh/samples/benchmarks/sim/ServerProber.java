package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Prober;
import java.time.Duration;

/** Brings Prequal's probes to the servers and their answers back, a quarter of a millisecond each way. */
record ServerProber(EventQueue events) implements Prober {
    private static final long ONE_WAY_NANOS = Duration.ofNanos(250_000).toNanos();

    @Override
    public void probe(EndpointView endpoint, Answers answers) {
        Server server = ((ServerMember) endpoint).server();
        events.after(ONE_WAY_NANOS, () -> {
            int inFlight = server.inFlight();
            double latencyNanos = server.latencyNanos();
            events.after(ONE_WAY_NANOS, () -> answers.answered(endpoint, inFlight, latencyNanos));
        });
    }
}
