package io.inmesh.resolver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.inmesh.api.Internal;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;

/** Who may know whom inside the resolver, and what nobody may do. */
class ArchitectureTest {
    private static final String KUBERNETES = "io.inmesh.resolver.kubernetes";

    private static final JavaClasses RESOLVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.inmesh.resolver");

    @Test
    void the_resolver_never_sees_the_balancer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.inmesh.balancer..", "io.inmesh.spring..")
                .because("resolver and balancer meet in api alone, so that either can be used without the other")
                .check(RESOLVER);
    }

    @Test
    void only_the_kubernetes_room_knows_jackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage(KUBERNETES + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..")
                .because("other schemes must work without what reads Kubernetes' objects")
                .check(RESOLVER);
    }

    @Test
    void one_room_alone_knows_how_requests_travel() {
        noClasses()
                .that()
                .resideOutsideOfPackage(KUBERNETES + ".client")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "javax.net.ssl..", "org.snakeyaml..")
                .because("how requests travel, and as whom, is one decision, which can then be changed in one place")
                .check(RESOLVER);
    }

    @Test
    void rooms_form_no_cycle() {
        slices().matching("io.inmesh.resolver.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a room that can be read alone can be changed alone")
                .check(RESOLVER);
        noClasses()
                .that()
                .resideInAPackage("io.inmesh.resolver.address")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.inmesh.resolver", KUBERNETES + "..")
                .because("addresses are below everything else")
                .check(RESOLVER);
        slices().matching(KUBERNETES + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("objects are below rules and watches, and all of them below what puts them together")
                .check(RESOLVER);
        noClasses()
                .that()
                .resideInAnyPackage(KUBERNETES + ".object", KUBERNETES + ".rule")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KUBERNETES + ".watch", KUBERNETES + ".client", KUBERNETES)
                .because("what Kubernetes means is decided by pure functions, however objects come in")
                .check(RESOLVER);
    }

    @Test
    void nobody_reads_the_system_clock_sleeps_or_waits() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(CompletableFuture.class, "join")
                .orShould()
                .callMethod(CompletableFuture.class, "get")
                .because("time comes in through api.time, so that tests advance a fake clock and no lane is held up")
                .check(RESOLVER);
    }

    @Test
    void nobody_makes_threads_executors_or_chance() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Executors.class, ThreadPoolExecutor.class)
                .orShould()
                .callConstructor(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .because(
                        "threads come in with the scheduler, and chance through a generator that tests script; the one source of"
                                + " chance is the thread's own, named where the provider puts the parts together")
                .check(RESOLVER.that(new DescribedPredicate<>("are not the composition root") {
                    @Override
                    public boolean test(JavaClass each) {
                        return !each.getName().endsWith(".KubernetesResolverProvider");
                    }
                }));
    }

    @Test
    void what_is_public_is_an_entry_or_internal() {
        classes()
                .that()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .and()
                .resideOutsideOfPackages("io.inmesh.resolver.address", KUBERNETES + ".*")
                .should()
                .haveSimpleName("StaticResolverProvider")
                .orShould()
                .haveSimpleName("KubernetesResolverProvider")
                .orShould()
                .haveSimpleName("KubernetesConfig")
                .orShould()
                .haveSimpleName("KubernetesReading")
                .orShould()
                .haveSimpleName("KubernetesWatching")
                .because("everything public is a promise; rooms stay free to change (and those of @"
                        + Internal.class.getSimpleName() + " packages are none)")
                .check(RESOLVER);
    }
}
