package io.inmesh.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;

/**
 * Time, threads and chance come in through constructors (style.md 2, practice 9). These rules find code that takes them from the
 * JVM, by call or by method reference. They name nothing of inmesh but the packages given, so they serve every module alike.
 */
final class SystemAccess {
    private static final String CONSTRUCTOR = "<init>";
    private static final Set<String> RANDOMS = Set.of(
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.security.SecureRandom",
            "java.util.concurrent.ThreadLocalRandom");
    private static final Set<String> POOLS = Set.of(
            "java.lang.Thread",
            "java.util.Timer",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.ForkJoinPool");

    private SystemAccess() {}

    /** All three, for every class outside the packages that are exempt ({@code io.inmesh.api.time} and below, say). */
    static List<ArchRule> forbiddenOutside(String... exempt) {
        return List.of(
                forbid("read the system clock", SystemAccess::readsTime, exempt)
                        .because("a test then needs luck or a wait: take a NanoClock"),
                forbid("wait or make threads", SystemAccess::takesThreads, exempt)
                        .because(
                                "a test cannot single-step a thread it did not make: take a Scheduler, an Executor or a Lane"),
                forbid("draw chance of its own", SystemAccess::drawsChance, exempt)
                        .because("a test then cannot script the draw: take a RandomGenerator"));
    }

    private static ArchRule forbid(String what, Calls calls, String... exempt) {
        return noClasses().that().resideOutsideOfPackages(exempt).should().accessTargetWhere(describe(what, calls));
    }

    private static boolean readsTime(String owner, String method) {
        return (owner.equals("java.lang.System")
                        && Set.of("nanoTime", "currentTimeMillis").contains(method))
                || (owner.startsWith("java.time.") && method.equals("now"))
                || (owner.equals("java.time.Clock") && (method.startsWith("system") || method.startsWith("tick")))
                || (owner.equals("java.util.Date") && method.equals(CONSTRUCTOR))
                || (owner.equals("java.util.Calendar") && method.equals("getInstance"));
    }

    private static boolean takesThreads(String owner, String method) {
        boolean future = owner.equals("java.util.concurrent.CompletableFuture");
        return method.equals("sleep")
                || (owner.equals("java.lang.Thread")
                        && (method.startsWith("of") || method.equals("startVirtualThread")))
                || (owner.equals("java.util.concurrent.locks.LockSupport") && method.startsWith("park"))
                || (POOLS.contains(owner) && method.equals(CONSTRUCTOR))
                || (owner.equals("java.util.concurrent.ForkJoinPool") && method.equals("commonPool"))
                || owner.equals("java.util.concurrent.Executors")
                || (future
                        && Set.of("orTimeout", "completeOnTimeout", "delayedExecutor")
                                .contains(method));
    }

    private static boolean drawsChance(String owner, String method) {
        return (RANDOMS.contains(owner) && Set.of(CONSTRUCTOR, "current").contains(method))
                || (owner.startsWith("java.util.random.")
                        && Set.of("of", "getDefault", "create").contains(method))
                || (owner.equals("java.lang.Math") && method.equals("random"))
                || (owner.equals("java.util.UUID") && method.equals("randomUUID"))
                || (owner.equals("java.util.Collections") && method.equals("shuffle"));
    }

    @FunctionalInterface
    private interface Calls {
        boolean match(String owner, String method);
    }

    private static DescribedPredicate<JavaAccess<?>> describe(String what, Calls calls) {
        return new DescribedPredicate<>(what) {
            @Override
            public boolean test(JavaAccess<?> access) {
                return calls.match(
                        access.getTargetOwner().getFullName(),
                        access.getTarget().getName());
            }
        };
    }
}
