package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.LoadReport;
import io.inmesh.api.PickerFactory;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One policy in one scenario. Requests come at random moments (Poisson), each from any of the clients. Scenario, arrivals and work depend on
 * the seed alone, so every policy meets the same ones.
 *
 * @param clients how many processes balance, each by itself
 * @param load arrivals for each request that the servers could do at their nominal speeds, 0 to 1
 * @param requests how many come
 * @param seed of all chance
 */
record Experiment(Scenario scenario, Policy policy, int clients, double load, int requests, long seed) {
    private static final long REPORT_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    /** Runs it from the first arrival to the last answer. */
    Measurement run() {
        return new Course(this).run();
    }

    @Override
    public String toString() {
        return "%s %s, %d clients, load %.2f, %d requests, seed %d"
                .formatted(scenario, policy, clients, load, requests, seed);
    }

    /** The experiment while it runs. */
    private static final class Course {
        private final Experiment experiment;
        private final EventQueue events = new EventQueue();
        private final SplittableRandom arrivals;
        private final SplittableRandom works;
        private final SplittableRandom senders;
        private final Cluster cluster;
        private final List<Client> clients;
        private final double meanGapNanos;
        private final long[] latencies;
        private int sent;
        private int answered;

        Course(Experiment experiment) {
            this.experiment = experiment;
            SplittableRandom seeds = new SplittableRandom(experiment.seed);
            arrivals = seeds.split();
            works = seeds.split();
            senders = seeds.split();
            Policy policy = experiment.policy;
            cluster = Cluster.start(events, experiment.scenario, policy.estimates(), seeds.split());
            PickerFactory factory = policy.factories().apply(cluster);
            clients = IntStream.range(0, experiment.clients)
                    .mapToObj(i -> new Client(cluster, policy, factory, seeds.split()))
                    .toList();
            meanGapNanos = 1e9 / (experiment.load * experiment.scenario.capacity());
            latencies = new long[experiment.requests];
        }

        Measurement run() {
            planArrival();
            if (experiment.policy.weights() == Policy.Weights.REPORTED) {
                events.after(REPORT_EVERY_NANOS, this::report);
            }
            events.run();
            if (answered != latencies.length) {
                throw new IllegalStateException(
                        experiment + ": " + answered + " answers (expected: one for each request)");
            }
            long[] received =
                    cluster.servers().stream().mapToLong(Server::received).toArray();
            return Measurement.of(latencies, received);
        }

        private void planArrival() {
            events.after(Math.round(meanGapNanos * arrivals.nextExponential()), this::arrive);
        }

        private void arrive() {
            sent++;
            if (sent < experiment.requests) {
                planArrival();
            }
            long arrivedNanos = events.nanoTime();
            double workNanos = Scenario.MEAN_WORK_NANOS * works.nextExponential();
            clients.get(senders.nextInt(clients.size()))
                    .send(workNanos, () -> latencies[answered++] = events.nanoTime() - arrivedNanos);
        }

        private void report() {
            List<LoadReport> reports =
                    cluster.servers().stream().map(Server::report).toList();
            clients.forEach(client -> client.weigh(reports));
            if (sent < experiment.requests) {
                events.after(REPORT_EVERY_NANOS, this::report);
            }
        }
    }
}
