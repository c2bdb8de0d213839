package io.inmesh.architecture;

import static com.tngtech.archunit.core.importer.ImportOption.Predefined.DO_NOT_INCLUDE_TESTS;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the packages of this module may know (style.md 4.4, design.md 3). */
class ApiArchitectureTest {
    private static final String[] EVERYBODYS = {"java..", "org.jspecify.annotations"};
    private static final JavaClasses API =
            new ClassFileImporter().withImportOption(DO_NOT_INCLUDE_TESTS).importPackages("io.inmesh.api");

    @Test
    void the_words_need_the_JDK_and_JSpecify_and_nothing_else() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify.annotations", "io.inmesh.api..")
                .because("every module and every user shares these words: no library's version may ride on them,"
                        + " and resolver and balancer meet here without knowing each other")
                .check(API);
    }

    /** Together: observe -> api -> time; lane stands alone. PickerFactory and ResolverProvider hand a clock and a scheduler in. */
    @ParameterizedTest(name = "{0} knows {1}")
    @CsvSource({
        "io.inmesh.api.time, , 'time is below everything, so that everything can be handed it'",
        "io.inmesh.api.lane, , 'a lane orders tasks and knows nothing of what they do'",
        "io.inmesh.api, io.inmesh.api.time, 'values and interfaces are handed time; nothing here runs or observes anything'",
        "io.inmesh.api.observe, io.inmesh.api, 'events speak of the words, and the words not of events'"
    })
    void each_package_knows_at_most_the_one_below_it(String from, String below, String reason) {
        String[] known = {from, below == null ? from : below, EVERYBODYS[0], EVERYBODYS[1]};
        ArchRule rule = classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known)
                .because(reason);

        rule.check(API);
    }

    @Test
    void no_packages_know_each_other_in_a_circle() {
        slices().matching("io.inmesh.(**)")
                .should()
                .beFreeOfCycles()
                .because("packages in a circle can only be read, tested and changed all at once")
                .check(API);
    }

    static List<ArchRule> systemAccess() {
        return SystemAccess.forbiddenOutside("io.inmesh.api.time");
    }

    @ParameterizedTest
    @MethodSource("systemAccess")
    void time_threads_and_chance_are_handed_in(ArchRule rule) {
        rule.check(API);
    }

    @Test
    void every_package_is_null_marked() {
        Set<String> packages = API.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

        assertThat(packages)
                .containsExactlyInAnyOrder(
                        "io.inmesh.api", "io.inmesh.api.lane", "io.inmesh.api.observe", "io.inmesh.api.time")
                .as("because what may be null is part of every signature")
                .allMatch(name -> API.getPackage(name).isAnnotatedWith(NullMarked.class));
    }
}
