package io.inmesh.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules find what they forbid: each offence below is caught, and by one rule alone. */
class SystemAccessTest {

    static Stream<Class<?>> offenders() {
        return Stream.of(
                Nanos.class,
                NanosByReference.class,
                Millis.class,
                Now.class,
                Today.class,
                SystemClock.class,
                NewDate.class,
                Sleeps.class,
                SleepsByUnit.class,
                Parks.class,
                NewThread.class,
                OwnThread.class,
                NewPool.class,
                CommonPool.class,
                TimesOut.class,
                NewRandom.class,
                NewSplittable.class,
                Local.class,
                MathRandom.class,
                Generator.class,
                Shuffles.class,
                Uuid.class);
    }

    private static final JavaClasses OFFENDERS =
            new ClassFileImporter().importClasses(offenders().toList());

    @ParameterizedTest
    @MethodSource("offenders")
    void an_offence_is_found_by_one_rule(Class<?> offender) {
        assertThat(SystemAccess.forbiddenOutside())
                .filteredOn(rule -> {
                    EvaluationResult found = rule.evaluate(OFFENDERS);
                    return found.getFailureReport().getDetails().stream()
                            .anyMatch(detail -> detail.contains("<" + offender.getName() + "."));
                })
                .hasSize(1);
    }

    @Test
    void an_exempt_package_may_do_it() {
        assertThat(SystemAccess.forbiddenOutside("io.inmesh.architecture.."))
                .hasSize(3)
                .allSatisfy(rule -> assertThat(
                                rule.allowEmptyShould(true).evaluate(OFFENDERS).hasViolation())
                        .isFalse());
    }

    @Test
    void what_was_handed_in_may_be_used() {
        JavaClasses classes = new ClassFileImporter().importClasses(Innocent.class);

        assertThat(SystemAccess.forbiddenOutside()).hasSize(3).allSatisfy(rule -> assertThat(
                        rule.evaluate(classes).hasViolation())
                .isFalse());
    }

    static final class Innocent {
        long uses(LongSupplier clock, RandomGenerator random, Clock wall, Runnable task) {
            task.run();
            Thread current = Thread.currentThread();
            return clock.getAsLong()
                    + random.nextLong()
                    + wall.millis()
                    + Duration.ofSeconds(1).toNanos()
                    + current.getName().length();
        }
    }

    static final class Nanos {
        final long value = System.nanoTime();
    }

    static final class NanosByReference {
        final LongSupplier value = System::nanoTime;
    }

    static final class Millis {
        final long value = System.currentTimeMillis();
    }

    static final class Now {
        final Instant value = Instant.now();
    }

    static final class Today {
        final LocalDate value = LocalDate.now(ZoneOffset.UTC);
    }

    static final class SystemClock {
        final Clock value = Clock.systemUTC();
    }

    @SuppressWarnings("JavaUtilDate") // The offence itself.
    static final class NewDate {
        final Date value = new Date();
    }

    static final class Sleeps {
        void offend() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    static final class SleepsByUnit {
        void offend() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    static final class Parks {
        void offend() {
            LockSupport.parkNanos(1);
        }
    }

    static final class NewThread {
        final Thread value = new Thread(() -> {});
    }

    static final class OwnThread extends Thread {}

    static final class NewPool {
        final Object value = Executors.newSingleThreadExecutor();
    }

    static final class CommonPool {
        final Object value = ForkJoinPool.commonPool();
    }

    static final class TimesOut {
        final Object value = new CompletableFuture<String>().orTimeout(1, TimeUnit.SECONDS);
    }

    static final class NewRandom {
        final Random value = new Random();
    }

    static final class NewSplittable {
        final RandomGenerator value = new SplittableRandom(1);
    }

    static final class Local {
        final int value = ThreadLocalRandom.current().nextInt();
    }

    static final class MathRandom {
        final double value = Math.random();
    }

    static final class Generator {
        final RandomGenerator value = RandomGenerator.getDefault();
    }

    static final class Shuffles {
        void offend(List<String> names) {
            Collections.shuffle(names);
        }
    }

    static final class Uuid {
        final UUID value = UUID.randomUUID();
    }
}
