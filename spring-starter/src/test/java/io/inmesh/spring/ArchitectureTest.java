package io.inmesh.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.inmesh");

    private static final JavaClasses STARTER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.inmesh.spring");

    @Test
    void nobody_sees_the_starter() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.inmesh.spring..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.inmesh.spring..")
                .because("the engine must run without Spring, so Spring's door opens from outside only")
                .check(ALL);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.inmesh.spring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "reactor..")
                .because("applications without Spring must not need it")
                .check(ALL);
    }

    @Test
    void the_starter_sees_what_it_puts_together_and_no_cluster_library() {
        classes()
                .that()
                .resideInAPackage("io.inmesh.spring..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "org.springframework..",
                        "io.inmesh.spring..",
                        "io.inmesh.api..",
                        "io.inmesh.balancer",
                        "io.inmesh.balancer.attempt..",
                        "io.inmesh.balancer.config..",
                        "io.inmesh.balancer.engine..",
                        "io.inmesh.balancer.fault..",
                        "io.inmesh.balancer.grpc",
                        "io.grpc",
                        "io.inmesh.balancer.micrometer..",
                        "io.inmesh.balancer.request..",
                        "io.inmesh.balancer.resilience4j..",
                        "io.github.resilience4j..",
                        "io.micrometer..",
                        "io.inmesh.resolver",
                        "io.inmesh.resolver.kubernetes..",
                        "io.netty..",
                        "org.apache.hc.core5..",
                        "reactor.netty..",
                        "reactor.core..",
                        "reactor.util.context..",
                        "org.reactivestreams..")
                .because(
                        "Kubernetes' rules live in the resolver and balancing in the balancer; here they only meet Spring")
                .check(STARTER);
    }

    @Test
    void http_knows_nothing_of_properties_and_only_it_knows_netty() {
        slices().matching("io.inmesh.(spring..)")
                .should()
                .beFreeOfCycles()
                .because("a room that can be read alone can be changed alone")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.inmesh.spring.http.reactive..", "io.inmesh.spring.cloud..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor.core..", "reactor.util..", "org.reactivestreams..")
                .because("an application that blocks has no Reactor")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.inmesh.spring.http.reactive..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "reactor.netty..")
                .because("Spring Cloud brings Reactor, and not its HTTP client")
                .check(STARTER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring.http.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "reactor..", "io.inmesh.balancer..", "io.inmesh.resolver..")
                .because("a client of HTTP knows nothing of services, and one that blocks needs no other library")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.inmesh.spring.http.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.hc..")
                .because("one room speaks HTTP/1.1 for callers that block")
                .check(STARTER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.inmesh.spring", "io.inmesh.resolver..")
                .because("the door to pods is opened by the configuration, not the other way round")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.inmesh.spring.cloud..")
                .and()
                .doNotHaveSimpleName("InmeshCloudAutoConfiguration")
                .and()
                .doNotHaveSimpleName("Filters")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.cloud..")
                .because("Spring Cloud is the application's choice, and everything else must load without it")
                .check(STARTER);
    }

    @Test
    void the_actuators_room_shows_and_decides_nothing_and_meters_and_registries_are_put_together_in_one_place() {
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring.actuate..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.inmesh.spring", "io.inmesh.spring.http..", "io.inmesh.resolver..")
                .because("what is shown is the mesh, whoever put it together")
                .check(STARTER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring..")
                .and()
                .doNotHaveSimpleName(InmeshMetricsAutoConfiguration.class.getSimpleName())
                .and()
                .doNotHaveSimpleName(InFlightReader.class.getSimpleName())
                .and()
                .doNotHaveSimpleName(InmeshObservationAutoConfiguration.class.getSimpleName())
                .and()
                .doNotHaveSimpleName("CallersObservation") // Of WebClient, whose own API has the type.
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.inmesh.balancer.micrometer..")
                .because("everything else must load without Micrometer")
                .check(STARTER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring..")
                .and()
                .doNotHaveSimpleName(InmeshGrpcAutoConfiguration.class.getSimpleName())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "org.springframework.grpc..", "io.inmesh.balancer.grpc..")
                .because("everything else must load without gRPC")
                .check(STARTER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.spring..")
                .and()
                .haveNameNotMatching(".*\\.InmeshResilience4jAutoConfiguration(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.github.resilience4j..", "io.inmesh.balancer.resilience4j..")
                .because("everything else must load without Resilience4j")
                .check(STARTER);
    }
}
