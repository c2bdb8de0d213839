package io.inmesh.samples.benchmarks.startup;

import java.io.File;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The class path of the small application, with the starter and without it. */
record ClassPath(List<String> entries) {
    /** Jars that only the starter brings. Those of Jackson 2 are not Boot's, but for its annotations. */
    private static final Pattern STARTERS =
            Pattern.compile("inmesh-(?!startup).*|(api|resolver|balancer|spring-starter)"
                    + "|(kubernetes|resilience4j|reactor|netty)-.*|jackson-(?!annotations).*-2\\..*"
                    + "|(zjsonpatch|snakeyaml-engine|reactive-streams|bc).*");

    static ClassPath ofThisProcess() {
        return new ClassPath(Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
    }

    ClassPath withoutStarter() {
        return new ClassPath(
                entries.stream().filter(entry -> !isStarters(entry)).toList());
    }

    /** The same jars, the starter's first. */
    ClassPath starterFirst() {
        return withStarters(true);
    }

    /** The same jars, the starter's last, as where it is added to an application's dependencies. */
    ClassPath starterLast() {
        return withStarters(false);
    }

    private ClassPath withStarters(boolean first) {
        Comparator<String> order = Comparator.comparing(ClassPath::isStarters); // False comes first.
        return new ClassPath(
                entries.stream().sorted(first ? order.reversed() : order).toList());
    }

    private static boolean isStarters(String entry) {
        return STARTERS.matcher(name(entry)).matches();
    }

    /** A jar's own name, or the module's of {@code module/target/classes}. */
    private static String name(String entry) {
        File file = new File(entry);
        return file.getName().equals("classes")
                ? file.getParentFile().getParentFile().getName()
                : file.getName();
    }

    @Override
    public String toString() {
        return entries.stream().collect(Collectors.joining(File.pathSeparator));
    }
}
