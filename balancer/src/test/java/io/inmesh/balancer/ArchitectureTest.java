package io.inmesh.balancer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.inmesh.api.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may know whom inside the balancer, and what nobody may do (style.md 4.4). A new room or adapter is one line in a table. */
class ArchitectureTest {
    private static final String ROOT = "io.inmesh.balancer";

    /** Each room and the rooms it may know, from the door down; api may be known by all, {@code ""} is the root package itself. */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(
            Map.entry(
                    "",
                    Set.of(
                            "engine", "attempt", "budget", "fault", "guard", "health", "check", "pick", "state",
                            "config", "find", "request")),
            Map.entry(
                    "engine", Set.of("budget", "fault", "guard", "health", "pick", "stage", "state", "config", "find")),
            Map.entry("check", Set.of("health", "state", "config")),
            Map.entry("health", Set.of("eject", "state", "config")),
            Map.entry("eject", Set.of("state", "config")),
            Map.entry("stage", Set.of("state", "config")),
            Map.entry("pick", Set.of("state", "config")),
            Map.entry("state", Set.of("config")),
            Map.entry("attempt", Set.of("budget", "fault", "config")),
            Map.entry("budget", Set.of("config")),
            Map.entry("fault", Set.of()),
            Map.entry("guard", Set.of("config")),
            Map.entry("request", Set.of("config")),
            Map.entry("config", Set.of("find")),
            Map.entry("find", Set.of()));

    /** Each adapter and the libraries that it alone may know. Adapters may know the doors' rooms below, and never each other. */
    private static final Map<String, Set<String>> ADAPTERS = Map.of(
            "grpc", Set.of("io.grpc..", "io.netty..", "com.google.."),
            "micrometer", Set.of("io.micrometer.."),
            "resilience4j", Set.of("io.github.resilience4j.."));

    /** Parts of an adapter that alone may know more of its library, and the rest of it not: it works without that jar. */
    private static final Map<String, Set<String>> APART =
            Map.of("grpc.orca", Set.of("io.grpc.xds..", "io.grpc.services.."));

    private static final Set<String> KNOWN_TO_ADAPTERS = Set.of(
            "", "engine", "attempt", "request", "budget", "fault", "guard", "health", "check", "state", "config",
            "find");

    /** What users may rely on. */
    private static final Set<String> PUBLIC =
            Set.of("", "config", "attempt", "fault", "grpc", "micrometer", "resilience4j");

    /** What every room may know besides. Nothing else: not Kubernetes, which is the resolver's, nor Spring, which is the starter's. */
    private static final String[] EVERYWHERE = {"java..", "org.jspecify.annotations..", "org.slf4j..", "io.inmesh.api.."
    };

    private static final JavaClasses BALANCER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    private static String packageOf(String room) {
        return room.isEmpty() ? ROOT : ROOT + "." + room + "..";
    }

    private static String[] packagesOf(Set<String> rooms) {
        return rooms.stream().map(ArchitectureTest::packageOf).toArray(String[]::new);
    }

    private static String[] with(String[] packages, String... more) {
        return Stream.of(packages, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @TestFactory
    List<DynamicTest> a_room_knows_the_rooms_below_it_and_no_library() {
        List<DynamicTest> tests = new ArrayList<>();
        ROOMS.forEach((room, below) -> tests.add(DynamicTest.dynamicTest("room '" + room + "'", () -> classes()
                .that()
                .resideInAPackage(packageOf(room))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(with(EVERYWHERE, packagesOf(below)), packageOf(room)))
                .because(
                        "dependencies point down (doors -> engine -> health, pick, stage -> eject -> state -> config -> api), so that a room"
                                + " can be read without those above it, and libraries stay in the adapter that is named after them")
                .check(BALANCER))));
        return tests;
    }

    @TestFactory
    List<DynamicTest> an_adapter_knows_its_own_library_and_no_other_adapter() {
        List<DynamicTest> tests = new ArrayList<>();
        ADAPTERS.forEach((adapter, libraries) -> tests.add(DynamicTest.dynamicTest(adapter, () -> classes()
                .that()
                .resideInAPackage(packageOf(adapter))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(
                        with(EVERYWHERE, packagesOf(KNOWN_TO_ADAPTERS)),
                        with(libraries.toArray(String[]::new), packageOf(adapter))))
                .because(
                        "each optional library has one package, which works without the others' jars; policies and stages"
                                + " are reached through the engine, so that every door has all of them")
                .check(BALANCER))));
        return tests;
    }

    @TestFactory
    List<DynamicTest> what_an_adapter_keeps_apart_is_known_in_that_part_alone() {
        List<DynamicTest> tests = new ArrayList<>();
        APART.forEach((part, libraries) -> tests.add(DynamicTest.dynamicTest(part, () -> {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(packageOf(part))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(libraries.toArray(String[]::new))
                    .because("it is another jar, and all the rest works without it")
                    .check(BALANCER);
            noClasses()
                    .that()
                    .resideOutsideOfPackage(packageOf(part))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(packageOf(part))
                    .because("it is found by the service loader, if its jar is there")
                    .check(BALANCER);
        })));
        return tests;
    }

    @Test
    void every_package_is_in_one_of_the_two_tables() {
        classes()
                .should()
                .resideInAnyPackage(with(packagesOf(ROOMS.keySet()), packagesOf(ADAPTERS.keySet())))
                .because("a package that no rule knows of is a package without rules: add it to a table in here")
                .check(BALANCER);
    }

    @Test
    void rooms_form_no_cycle() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("of two rooms that know each other neither can be understood, tested or replaced alone")
                .check(BALANCER);
    }

    @Test
    void stage_rooms_do_not_know_each_other() {
        slices().matching(ROOT + ".stage.(*)..")
                .should()
                .notDependOnEachOther()
                .because(
                        "stages meet in the engine, which puts them in their order; each is read, tested and left out alone")
                .check(BALANCER);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".stage")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".stage.*..")
                .because("the words of all stages depend on none of them")
                .check(BALANCER);
    }

    @Test
    void public_types_stand_in_packages_meant_for_users_or_marked_internal() {
        classes()
                .that()
                .arePublic()
                .and()
                .resideOutsideOfPackages(packagesOf(PUBLIC))
                .should(beInAPackageMarked(Internal.class))
                .because("a type that users see by accident can never be changed again")
                .check(BALANCER);
    }

    @Test
    void packages_say_whether_null_is_allowed() {
        classes()
                .should(beInAPackageMarked(NullMarked.class))
                .because("nullness is a type here, and NullAway looks at marked packages only")
                .check(BALANCER);
    }

    private static com.tngtech.archunit.lang.ArchCondition<JavaClass> beInAPackageMarked(
            Class<? extends java.lang.annotation.Annotation> mark) {
        return com.tngtech.archunit.lang.conditions.ArchConditions.have(DescribedPredicate.describe(
                "a package marked @" + mark.getSimpleName(),
                javaClass -> javaClass.getPackage().isAnnotatedWith(mark)));
    }

    /** {@code owner#method}, a star for any owner or any method. */
    private static final Set<String> CLOCKS = Set.of(
            "java.lang.System#nanoTime",
            "java.lang.System#currentTimeMillis",
            "java.time.Clock#systemUTC",
            "java.time.Clock#systemDefaultZone",
            "java.time.Clock#system",
            "java.util.Date#<init>",
            "*#now");

    private static final Set<String> THREADS = Set.of(
            "*#sleep",
            "*#parkNanos",
            "java.lang.Thread#<init>",
            "java.lang.Thread#ofVirtual",
            "java.lang.Thread#ofPlatform",
            "java.lang.Thread#startVirtualThread",
            "java.util.Timer#*",
            "java.util.concurrent.Executors#*",
            "java.util.concurrent.ThreadPoolExecutor#<init>",
            "java.util.concurrent.ScheduledThreadPoolExecutor#<init>",
            "java.util.concurrent.ForkJoinPool#*",
            "java.util.concurrent.CompletableFuture#runAsync",
            "java.util.concurrent.CompletableFuture#supplyAsync",
            "java.util.concurrent.CompletableFuture#orTimeout",
            "java.util.concurrent.CompletableFuture#completeOnTimeout",
            "java.util.concurrent.CompletableFuture#delayedExecutor",
            "io.inmesh.api.time.Scheduler#system");

    private static final Set<String> CHANCE = Set.of(
            "java.util.Random#*",
            "java.util.SplittableRandom#*",
            "java.util.concurrent.ThreadLocalRandom#*",
            "java.security.SecureRandom#*",
            "java.util.random.RandomGenerator#of",
            "java.util.random.RandomGenerator#getDefault",
            "java.util.random.RandomGeneratorFactory#*",
            "java.lang.Math#random",
            "java.util.UUID#randomUUID",
            "java.util.Collections#shuffle");

    @Test
    void nobody_reads_the_systems_clock() {
        noClasses()
                .should()
                .accessTargetWhere(isOneOf(CLOCKS))
                .because("a test moves time by a fake clock: take a NanoClock")
                .check(BALANCER);
    }

    @Test
    void nobody_sleeps_or_makes_threads() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(MeshBuilder.class.getName()) // Makes the mesh's one scheduler.
                .and()
                .doNotHaveFullyQualifiedName(AttemptThreads.class.getName()) // Makes threads for callers that block.
                .should()
                .accessTargetWhere(isOneOf(THREADS))
                .because("a test single-steps what runs on a Lane or a Scheduler, and nothing else")
                .check(BALANCER);
    }

    @Test
    void nobody_draws_chance_of_its_own() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(MeshBuilder.class.getName()) // Hands out the threads' generators.
                .should()
                .accessTargetWhere(isOneOf(CHANCE))
                .because("a test scripts every draw: take a RandomGenerator")
                .check(BALANCER);
    }

    @Test
    void the_mesh_builder_makes_one_scheduler_and_takes_the_threads_generators_and_no_more() {
        Set<String> made = Set.of(
                "java.util.concurrent.ThreadLocalRandom#current",
                "java.util.concurrent.ThreadLocalRandom#nextLong",
                "io.inmesh.api.time.Scheduler#system");
        noClasses()
                .that()
                .haveFullyQualifiedName(MeshBuilder.class.getName())
                .should()
                .accessTargetWhere(isOneOf(THREADS).or(isOneOf(CHANCE)).and(DescribedPredicate.not(isOneOf(made))))
                .because("it is exempt to make what everyone else is handed, not to sleep or to draw")
                .check(BALANCER);
    }

    @Test
    void nothing_on_the_way_of_a_request_takes_a_lock() {
        String[] requestPath = packagesOf(Set.of("pick", "state"));
        noClasses()
                .that()
                .resideInAnyPackage(requestPath)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks..")
                .because("a thread that is paused in a pick must hold up nobody (contract C1)")
                .check(BALANCER);
        noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(requestPath)
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .because("a thread that is paused in a pick must hold up nobody (contract C1)")
                .check(BALANCER);
    }

    private static DescribedPredicate<JavaAccess<?>> isOneOf(Set<String> forbidden) {
        return DescribedPredicate.describe("one of " + forbidden, access -> {
            String owner = access.getTargetOwner().getFullName();
            String method = access.getTarget().getName();
            return forbidden.contains(owner + "#" + method)
                    || forbidden.contains(owner + "#*")
                    || forbidden.contains("*#" + method);
        });
    }
}
