package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.internal.GrpcUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class GrpcVersionTest {

    @Test
    @EnabledIfSystemProperty(named = "inmesh.grpc.version", matches = ".+", disabledReason = "no version is asked for")
    void the_door_is_tested_on_the_version_that_was_asked_for() {
        String version = GrpcUtil.getGrpcBuildVersion().getImplementationVersion();
        System.out.println("gRPC " + version);

        assertThat(version).isEqualTo(System.getProperty("inmesh.grpc.version"));
    }
}
