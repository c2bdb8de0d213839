package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.services.CallMetricRecorder;
import io.grpc.services.MetricRecorder;
import io.grpc.xds.orca.OrcaMetricReportingServerInterceptor;
import io.grpc.xds.orca.OrcaServiceImpl;
import io.inmesh.api.ServiceFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Weights from what gRPC servers report by gRPC's own means, beside gRPC's own {@code weighted_round_robin}. */
class OrcaWeightsTest {
    private static final String BY_REPORTS = GrpcDoor.ORDERS
            + "?policy=weighted-round-robin&weight.source=reports&weight.blackout=off&weight.period=100ms";

    /** How busy each backend says it is, at 100 requests a second: weights of 4, 2 and 1. */
    private static final double[] UTILIZATIONS = {0.2, 0.4, 0.8};

    private static final double[] SHARES = {4 / 7.0, 2 / 7.0, 1 / 7.0};

    private final GrpcDoor door = new GrpcDoor();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        door.close();
        timer.shutdownNow();
    }

    private List<TestBackend> reportingWithAnswers() throws Exception {
        List<TestBackend> backends = new ArrayList<>();
        for (double utilization : UTILIZATIONS) {
            backends.add(door.closedAtEnd(TestBackend.start(
                    0,
                    (request, answer) -> {
                        CallMetricRecorder.getCurrent()
                                .recordQpsMetric(100)
                                .recordApplicationUtilizationMetric(utilization);
                        answer.onNext(request);
                        answer.onCompleted();
                    },
                    builder -> builder.intercept(OrcaMetricReportingServerInterceptor.getInstance()))));
        }
        door.publish(backends);
        return backends;
    }

    private List<TestBackend> reportingOutOfBand() throws Exception {
        List<TestBackend> backends = new ArrayList<>();
        for (double utilization : UTILIZATIONS) {
            MetricRecorder recorder = MetricRecorder.newInstance();
            recorder.setQpsMetric(100);
            recorder.setApplicationUtilizationMetric(utilization);
            backends.add(door.closedAtEnd(TestBackend.start(
                    0,
                    (request, answer) -> {
                        answer.onNext(request);
                        answer.onCompleted();
                    },
                    builder -> builder.addService(
                            OrcaServiceImpl.createService(timer, recorder, 50, TimeUnit.MILLISECONDS)))));
        }
        door.publish(backends);
        return backends;
    }

    /** The shares of that many calls. */
    private static double[] shares(List<TestBackend> backends, ManagedChannel channel, int calls) {
        int[] before = backends.stream().mapToInt(TestBackend::calls).toArray();
        for (int i = 0; i < calls; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        double[] shares = new double[before.length];
        for (int i = 0; i < before.length; i++) {
            shares[i] = (backends.get(i).calls() - before[i]) / (double) calls;
        }
        return shares;
    }

    private static void assertWeighted(List<TestBackend> backends, ManagedChannel channel) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(shares(backends, channel, 280)).containsExactly(SHARES, within(0.03)));
    }

    @Test
    void reports_in_answers_become_weights_and_shares_are_those_of_grpcs_own_policy() throws Exception {
        List<TestBackend> backends = reportingWithAnswers();
        assertWeighted(backends, door.channel(BY_REPORTS));

        Map<String, ?> own = Map.of("blackoutPeriod", "0s", "weightUpdatePeriod", "0.1s");
        ManagedChannel beside = door.channel(GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp()
                .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("weighted_round_robin", own)))));
        assertWeighted(backends, beside);
    }

    @Test
    void reports_out_of_band_become_weights() throws Exception {
        List<TestBackend> backends = reportingOutOfBand();

        assertWeighted(backends, door.channel(BY_REPORTS + "&weight.oob-period=100ms"));
    }

    @Test
    void without_the_setting_nobody_is_asked_out_of_band() throws Exception {
        List<TestBackend> backends = reportingOutOfBand();
        ManagedChannel channel = door.channel(BY_REPORTS);

        assertThat(shares(backends, channel, 300))
                .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(0.03));
    }

    @Test
    void the_owner_switches_reports_on_while_connections_are_there() throws Exception {
        List<TestBackend> backends = reportingOutOfBand();
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        int[] connections = backends.stream().mapToInt(TestBackend::connections).toArray();

        ServiceFacts facts = ServiceFacts.of(GrpcDoor.KEY);
        door.cluster.publish(
                GrpcDoor.ORDERS,
                facts.withAnnotations(Map.of(
                        "policy", "wrr",
                        "weight.source", "reports",
                        "weight.blackout", "off",
                        "weight.period", "100ms",
                        "weight.oob-period", "100ms")),
                backends.stream().map(TestBackend::endpoint).toList());

        assertWeighted(backends, channel);
        assertThat(backends.stream().mapToInt(TestBackend::connections)).containsExactly(box(connections));
    }

    private static Integer[] box(int[] numbers) {
        return Arrays.stream(numbers).boxed().toArray(Integer[]::new);
    }
}
